// Imported weights as the folder of a run that has made no step yet. The choice: it is a run like any other, so
// that forecasting, evaluation and further training need no code for imports.

import Kernels
import Configuration
import Formats
import Foundation
import Model

/// The run's folder to create.
package struct ImportedRun {
    package let folder: String
    private let weights: WeightImport
    private let frame: FeatureShape
    private let valueRange: ClosedRange<Float>

    /// The name of its only checkpoint.
    package let name = Checkpoint.fileName(step: 0)

    /// - Parameters:
    ///   - frame: the size of the frames that the network forecasts.
    ///   - valueRange: the raw values that are scaled to 0 and to the model's maximum value.
    /// - Throws: a usage error if `folder` holds something that would be lost.
    package init(
        folder: String, weights: WeightImport, frame: FeatureShape, valueRange: ClosedRange<Float>
    ) throws {
        (self.folder, self.weights, self.frame, self.valueRange) = (folder, weights, frame, valueRange)
        try NewFolder.require(folder)
    }

    /// Creates the folder from a state dict, and returns the numbers of tensors and of elements in it.
    package func make(from file: String) throws -> (tensors: Int, elements: Int) {
        let system = weights.system, network = try Network<Float>(system.network, frame: frame)
        let state = TrainingState(network, optimizer: system.optimizer, seed: 1)
        state.values.flat.copy(from: try weights.parameters(from: file, for: network).flat)
        var configuration = TrainingConfiguration(model: system)
        configuration.output = folder
        configuration.epochs = TrainingConfiguration.defaultEpochs
        let checkpoint = Checkpoint(
            state, configuration: configuration, frame: frame, valueRange: valueRange, trainingSequences: 0)
        try NewFolder.make(folder) { temporary in
            let store = CheckpointStore.ofRun(temporary)
            try Folder.make(store.folder)
            try store.save(checkpoint)
            try configuration.write(to: temporary + "/config.yaml")
        }
        return (network.layout.slots.count, network.layout.count)
    }
}
