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
    private let configuration: TrainingConfiguration
    private let frame: FeatureShape
    private let valueRange: ClosedRange<Float>
    private let unit: String?

    /// The name of its only checkpoint.
    package let name = Checkpoint.fileName(step: 0)

    /// - Parameters:
    ///   - frame: the size of the frames that the network forecasts.
    ///   - valueRange: the raw values that are scaled to 0 and to the model's maximum value.
    ///   - unit: the unit of these values; nil if it is not known.
    /// - Throws: a usage error if `folder` holds something that would be lost.
    package init(
        folder: String, system: SystemDescription, convolution: ConvolutionAlgorithm = .automatic, frame: FeatureShape,
        valueRange: ClosedRange<Float>, unit: String? = nil
    ) throws {
        (self.folder, self.frame, self.valueRange, self.unit) = (folder, frame, valueRange, unit)
        var configuration = TrainingConfiguration(model: system)
        configuration.output = folder
        configuration.epochs = TrainingConfiguration.defaultEpochs
        configuration.convolution = convolution
        self.configuration = configuration
        try NewFolder.require(folder)
    }

    /// Creates the folder, and returns the numbers of tensors and of parameters in it.
    ///
    /// - Parameter fill: gives the network's parameters their values, and its statistics.
    package func make(
        _ fill: (Network<Float>, ParameterVector<Float>) throws -> Void
    ) throws -> (tensors: Int, elements: Int) {
        let network = try Network<Float>(configuration.model.network, frame: frame)
        let state = TrainingState(network, optimizer: configuration.model.optimizer, seed: 1)
        try fill(network, state.values)
        let checkpoint = Checkpoint(
            state, configuration: configuration, frame: frame, valueRange: valueRange, unit: unit, trainingSequences: 0)
        try NewFolder.make(folder) { temporary in
            let store = CheckpointStore.ofRun(temporary)
            try Folder.make(store.folder)
            try store.save(checkpoint)
            try configuration.write(to: temporary + "/config.yaml")
        }
        return (network.layout.slots.count, network.layout.count)
    }
}
