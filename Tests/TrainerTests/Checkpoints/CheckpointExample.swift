// A folder for checkpoints, and states of a small network to put there.

import Configuration
import DataLoading
import Formats
import Kernels
import Model
import TestSupport
import Trainer

struct CheckpointExample {
    let folder: TemporaryFolder
    let store: CheckpointStore
    let data: DataSet
    let network: Network<Float>
    let configuration: TrainingConfiguration

    init(keeping retention: Retention) throws {
        var configuration = TrainingConfiguration(model: Presets.small)
        configuration.steps = 9
        self.configuration = configuration
        folder = try TemporaryFolder()
        store = CheckpointStore(folder: folder.file("checkpoints"), keeping: retention)
        data = try DataSet(of: configuration)
        network = try Network(Presets.small.network, frame: data.frame)
        try Folder.make(store.folder)
    }

    /// A state in which every vector has different values.
    func state(step: Int, best: Validation? = nil) -> TrainingState {
        var state = TrainingState(network, optimizer: .adam(.init()), seed: UInt64(step))
        for (index, moment) in state.optimizer.moments.enumerated() {
            moment.vector.initialize(seed: UInt64(step + 1000 * (index + 1)))
        }
        state.position = Position(step: step, epoch: 3, used: 8)
        state.best = best
        return state
    }

    func checkpoint(of state: TrainingState) -> Checkpoint {
        Checkpoint(state, configuration: configuration, data: data)
    }

    /// Compares vectors without printing their elements, which are too many for a failure message.
    func same(_ a: ParameterVector<Float>, _ b: ParameterVector<Float>) -> Bool {
        let (a, b) = (a.flat.span, b.flat.span)
        return a.count == b.count && a.indices.allSatisfy { a[$0] == b[$0] }
    }
}
