import Formats
import Foundation
import Model
import Testing
import Trainer

@Suite struct CheckpointWriterTests {
    private let example: CheckpointExample
    private var store: CheckpointStore { example.store }

    init() throws { example = try CheckpointExample(keeping: Retention(newest: 9)) }

    /// Training goes on with the same tensors while the file is written.
    @Test func theFileHoldsWhatTheTensorsHeldAtTheSnapshot() throws {
        let writer = try CheckpointWriter(store), state = example.state(step: 1),
            before = example.state(step: 1)
        writer.write { example.checkpoint(of: state) }
        state.values.initialize(seed: 99)
        writer.wait()
        let path = try #require(writer.outcomes().first).saved.get().path
        var restored = example.state(step: 5)
        try CheckpointStore.read(path).checkpoint.restore(into: &restored, file: path)
        #expect(example.same(before.values, restored.values))
    }

    /// A second one waits for the first, and the snapshot is not made before.
    @Test func checkpointsAppearInTheOrderOfTheirSteps() throws {
        let writer = try CheckpointWriter(store)
        for step in 1...4 {
            writer.write {
                #expect((try? store.steps) == Array(1..<step))
                return example.checkpoint(of: example.state(step: step))
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
        writer.write { example.checkpoint(of: example.state(step: 1)) }
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
