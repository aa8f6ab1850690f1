import Configuration
import DataLoading
import Formats
import Foundation
import Kernels
import Model
import TestSupport
import Testing
import Trainer

@Suite struct CheckpointWriterTests {
    let folder: TemporaryFolder
    let store: CheckpointStore
    let data: DataSet
    let network: Network<Float>
    let configuration: TrainingConfiguration

    init() throws {
        var configuration = TrainingConfiguration(model: Presets.small)
        configuration.steps = 9
        self.configuration = configuration
        folder = try TemporaryFolder()
        store = CheckpointStore(folder: folder.file("checkpoints"), keeping: Retention(newest: 9))
        data = try DataSet(of: configuration)
        network = try Network(Presets.small.network, frame: data.frame)
        try Folder.make(store.folder)
    }

    private func checkpoint(of state: TrainingState) -> Checkpoint {
        Checkpoint(state, configuration: configuration, data: data)
    }

    private func state(step: Int) -> TrainingState {
        var state = TrainingState(network, optimizer: .adam(.init()), seed: UInt64(step))
        state.position = Position(step: step, epoch: 0, used: 0)
        return state
    }

    /// Training goes on with the same tensors while the file is written.
    @Test func theFileHoldsWhatTheTensorsHeldAtTheSnapshot() throws {
        let writer = try CheckpointWriter(store), state = state(step: 1),
            before = TrainingState(
                network, optimizer: .adam(.init()), seed: 1)
        writer.write { checkpoint(of: state) }
        state.values.initialize(seed: 99)
        writer.wait()
        let path = try #require(writer.outcomes().first).saved.get().path
        var restored = self.state(step: 5)
        try CheckpointStore.read(path).checkpoint.restore(into: &restored, file: path)
        let (old, new) = (before.values.flat.span, restored.values.flat.span)
        #expect(old.indices.allSatisfy { old[$0] == new[$0] })
    }

    /// A second one waits for the first, and the snapshot is not made before.
    @Test func checkpointsAppearInTheOrderOfTheirSteps() throws {
        let writer = try CheckpointWriter(store)
        for step in 1...4 {
            writer.write {
                #expect((try? store.steps) == Array(1..<step))
                return checkpoint(of: state(step: step))
            }
        }
        writer.wait()
        let outcomes = writer.outcomes()
        #expect(outcomes.map(\.step) == [1, 2, 3, 4] && outcomes.allSatisfy { $0.seconds > 0 })
        #expect(try CheckpointIndex(folder: store.folder).checkpoints.map(\.step) == [1, 2, 3, 4])
        #expect(writer.outcomes().isEmpty)
    }

    @Test func whatCannotBeWrittenIsAnOutcomeToo() throws {
        let writer = try CheckpointWriter(store)
        try FileManager.default.removeItem(atPath: store.folder)
        writer.write { checkpoint(of: state(step: 1)) }
        writer.wait()
        let outcome = try #require(writer.outcomes().first)
        let error = try #require(throws: FormatError.self) { try outcome.saved.get() }
        #expect("\(error)".contains("could not be written (no such file or directory)"), "\(error)")
    }
}

@Suite struct RetentionTests {
    @Test(arguments: [
        (Retention(newest: 2), [6, 7]), (Retention(newest: 1, every: 3), [3, 6, 7]),
        (Retention(newest: 9), Array(1...7)),
    ])
    func theNewestTheBestAndEverySoManiethStay(rule: Retention, staying: [Int]) {
        #expect(rule.staying(of: Array(1...7), best: nil) == Set(staying))
        #expect(rule.staying(of: Array(1...7), best: 2) == Set(staying + [2]))
        #expect(rule.staying(of: Array(1...7), best: 8) == Set(staying))
    }
}
