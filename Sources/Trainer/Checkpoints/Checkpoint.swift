// A training state as a file that other tools open: a zstd-compressed safetensors file. The choice: parameters
// under their own names, so that the file is also the model; moments and everything else beside them.

import Shards
import Kernels
import DataLoading
import Configuration
import Formats
import Model

/// A training state with everything needed to use it: the configuration, and the frame size.
package struct Checkpoint: Sendable {
    package let configuration: TrainingConfiguration

    /// The size of the frames that the network was built for.
    package let frame: FeatureShape

    /// The range of the values of the data, which is scaled to 0 and the model's maximum value unless the model has a
    /// transform.
    package let valueRange: ClosedRange<Float>

    /// The unit of the values; nil if it is not known.
    package let unit: String?

    /// The values that others should resemble; nil if the model's transform makes sense of any.
    package var expectedValues: ClosedRange<Float>? {
        configuration.model.sequences.transform == nil ? valueRange : nil
    }

    /// The number of training sequences per epoch.
    package let trainingSequences: Int

    /// The number of ranks that each sample their own shards; nil where all ranks sample together.
    package let samplingRanks: Int?

    package let position: Position
    package let best: Validation?

    package let plateaus: Plateaus
    package let stopping: Patience
    package let leftOut: LeftOut

    /// The parameters, F32 under the names of the layout's slots; the moments under `optimizer.LETTER.` and these
    /// names.
    var tensors: [SafetensorsFile.Tensor]

    /// Copies the state of a run on some data.
    package init(_ state: TrainingState, configuration: TrainingConfiguration, data: DataSet) {
        self.init(
            state, configuration: configuration, frame: data.frame(for: configuration.model),
            valueRange: data.source.valueRange, unit: data.source.unit,
            trainingSequences: data.range(of: .train).count, samplingRanks: data.deal?.training.count)
    }

    /// Copies a state.
    package init(
        _ state: TrainingState, configuration: TrainingConfiguration, frame: FeatureShape,
        valueRange: ClosedRange<Float>, unit: String? = nil, trainingSequences: Int, samplingRanks: Int? = nil
    ) {
        (self.configuration, self.frame, self.valueRange) = (configuration, frame, valueRange)
        self.unit = unit
        (self.trainingSequences, self.samplingRanks) = (trainingSequences, samplingRanks)
        (position, best) = (state.position, state.best)
        (plateaus, stopping, leftOut) = (state.plateaus, state.stopping, state.leftOut)
        tensors = state.vectors.flatMap { prefix, vector in
            vector.layout.slots.map { slot in
                SafetensorsFile.Tensor(name: prefix + slot.name, shape: slot.shape, floats: vector[slot].span)
            }
        }
    }

    /// Whether a run of this configuration has nothing more to do after the checkpoint.
    package func isFinal(of configuration: TrainingConfiguration) -> Bool {
        configuration.isFinished(after: position, stopping)
    }

    /// The network that the parameters belong to.
    ///
    /// - Parameters:
    ///   - size: the size of its frames; nil for the one that it was trained on.
    ///   - told: the algorithms of layers for which somebody else has chosen.
    package func network(
        frame size: FeatureShape? = nil, told: LayerAlgorithms = [:], for use: NetworkUse = .training
    ) throws(ModelError) -> Network<Float> {
        try Network(
            configuration.model.network, frame: size ?? frame, convolution: configuration.convolution, told: told,
            for: use)
    }

    /// Frees the memory of the parameters and moments; what remains describes the run.
    package mutating func releaseTensors() { tensors = [] }

    /// Prepares the network with the parameters for forecasting.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing, has another shape, or holds values that are not
    /// finite.
    package func prepare(
        _ network: Network<Float>, file: String, on pool: ThreadPool
    ) throws -> PreparedNetwork<Float> {
        network.prepare(try parameters(of: network, file: file), on: pool)
    }

    /// The parameters of a network, which also gets its moving averages.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing, has another shape, or holds values that are not
    /// finite.
    package func parameters(of network: Network<Float>, file: String) throws -> ParameterVector<Float> {
        let layouts = [network.layout, network.statistics.layout]
        for slot in layouts.flatMap(\.slots) { _ = try tensor(slot.name, slot.shape, file: file) }
        let values = ParameterVector<Float>(network.layout)
        for vector in [values, network.statistics] { try copy(prefix: "", into: vector, file: file) }
        return values
    }

    /// Throws `FormatError` about `file` unless training could resume from it: every tensor exists, has the right
    /// shape, and is finite.
    package func requireUsable(file: String) throws {
        let network: Network<Float>
        do {
            network = try self.network()
        } catch {
            throw FormatError(
                file: file, problem: "describes a network that cannot be built (\(error))",
                advice: "use another checkpoint")
        }
        let moments = configuration.model.optimizer.moments.map { "optimizer.\($0)." }
        for slot in network.layout.slots {
            for prefix in [""] + moments { try requireFinite(tensor(prefix + slot.name, slot.shape, file: file), file) }
        }
        for slot in network.statistics.layout.slots {
            try requireFinite(tensor(slot.name, slot.shape, file: file), file)
        }
    }

    /// Replaces a state by this one.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing or has another shape.
    package func restore(into state: inout TrainingState, file: String) throws {
        for (prefix, vector) in state.vectors { try copy(prefix: prefix, into: vector, file: file) }
        state.optimizer.step = position.step - leftOut.total
        (state.position, state.best) = (position, best)
        (state.plateaus, state.stopping, state.leftOut) = (plateaus, stopping, leftOut)
    }

    /// Gives a run that has made no step these weights, and the moving averages that belong to them.
    ///
    /// Throws `FormatError` about `file` if a tensor is missing or has another shape.
    func giveWeights(to state: TrainingState, file: String) throws {
        for (prefix, vector) in state.vectors where prefix.isEmpty {
            try copy(prefix: prefix, into: vector, file: file)
        }
    }

    private func copy(prefix: String, into vector: ParameterVector<Float>, file: String) throws {
        for slot in vector.layout.slots {
            let found = try tensor(prefix + slot.name, slot.shape, file: file)
            try requireFinite(found, file)
            var span = vector[slot].mutableSpan
            try found.copy(into: &span, file: file)
        }
    }

    private func tensor(_ name: String, _ shape: [Int], file: String) throws -> SafetensorsFile.Tensor {
        let found = tensors.first { $0.name == name }
        guard let found, found.shape == shape, found.type == .float32 else {
            let what =
                found.map { "holds \($0.name) as \($0.type.rawValue) of shape \($0.shape)" } ?? "has no tensor \(name)"
            throw FormatError(
                file: file, problem: "\(what), and the model needs F32 of \(shape)",
                advice: "use the model that it was made with")
        }
        return found
    }

    private func requireFinite(_ tensor: SafetensorsFile.Tensor, _ file: String) throws {
        let wrong = tensor.bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).count { !bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self).isFinite }
        }
        guard wrong == 0 else {
            throw FormatError(
                file: file, problem: "holds \(wrong) numbers in \(tensor.name) that are not finite",
                advice: "use an older checkpoint")
        }
    }
}
