// A training state as a file that other tools open: a zstd-compressed safetensors file. The choice: parameters under
// their own names, so that the file is at the same time the model; moments and everything else beside them.

import Formats
import Model

/// A training state with what it takes to use it: the configuration, and the frames it was made for.
package struct Checkpoint: Sendable {
    package let configuration: TrainingConfiguration

    /// The size of the frames that the network was built for.
    package let frame: FeatureShape

    /// The data's raw values that stand for 0 and for the model's peak.
    package let valueRange: ClosedRange<Float>

    /// Training sequences of an epoch.
    package let trainingSequences: Int

    /// Ranks that each draw from shards of their own; nil where all draw together.
    package let samplingRanks: Int?

    package let position: Position
    package let best: Validation?

    package let plateaus: Plateaus
    package let stopping: Patience
    package let leftOut: LeftOut

    /// The parameters, F32 under the names of the layout's slots; the moments under `optimizer.LETTER.` before those.
    let tensors: [SafetensorsFile.Tensor]

    /// Takes a copy of the state of a run on some data.
    package init(_ state: TrainingState, configuration: TrainingConfiguration, data: DataSet) {
        self.init(
            state, configuration: configuration, frame: data.frame, valueRange: data.source.valueRange,
            trainingSequences: data.range(of: .train).count, samplingRanks: data.deal?.training.count)
    }

    /// Takes a copy of a state.
    package init(
        _ state: TrainingState, configuration: TrainingConfiguration, frame: FeatureShape,
        valueRange: ClosedRange<Float>, trainingSequences: Int, samplingRanks: Int? = nil
    ) {
        (self.configuration, self.frame, self.valueRange) = (configuration, frame, valueRange)
        (self.trainingSequences, self.samplingRanks) = (trainingSequences, samplingRanks)
        (position, best) = (state.position, state.best)
        (plateaus, stopping, leftOut) = (state.plateaus, state.stopping, state.leftOut)
        tensors = state.vectors.flatMap { prefix, vector in
            vector.layout.slots.map { slot in
                SafetensorsFile.Tensor(name: prefix + slot.name, shape: slot.shape, floats: vector[slot].span)
            }
        }
    }

    /// The network that the parameters belong to.
    package func network() throws(ModelError) -> Network<Float> {
        try Network(configuration.model.network, frame: frame, convolution: configuration.convolution)
    }

    /// Makes the network that the parameters belong to ready to forecast.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing or of another shape.
    package func prepare(_ network: Network<Float>, file: String) throws {
        let values = ParameterVector<Float>(network.layout)
        for vector in [values, network.statistics] { try copy(prefix: "", into: vector, file: file) }
        network.prepare(values)
    }

    /// Replaces a state by this one.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing or of another shape.
    package func restore(into state: inout TrainingState, file: String) throws {
        for (prefix, vector) in state.vectors { try copy(prefix: prefix, into: vector, file: file) }
        state.optimizer.step = position.step - leftOut.total
        (state.position, state.best) = (position, best)
        (state.plateaus, state.stopping, state.leftOut) = (plateaus, stopping, leftOut)
    }

    private func copy(prefix: String, into vector: ParameterVector<Float>, file: String) throws {
        let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        for slot in vector.layout.slots {
            let found = byName[prefix + slot.name]
            guard let found, found.shape == slot.shape else {
                let what = found.map { "holds \($0.name) of shape \($0.shape)" }
                    ?? "has no tensor \(prefix + slot.name)"
                throw FormatError(
                    file, "\(what), and the model needs \(slot.shape)", "use the model that it was made with")
            }
            var span = vector[slot].mutableSpan
            try found.copy(into: &span, file: file)
        }
    }
}
