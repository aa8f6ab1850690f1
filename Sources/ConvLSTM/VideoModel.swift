// A network with its parameters, as a value. The choice: what is built of it to compute lives as long as a forecast or a
// training, so that models can be copied, compared, sent to other tasks and kept side by side.

import Kernels
import Model

/// A network and its parameters: what is trained, forecasts, and is saved.
///
/// A model is a value: a copy does not change when the other is trained, and two are equal if all their parameters are.
public struct VideoModel: Sendable, Equatable {
    /// The layers of the network.
    public let network: EncoderForecaster

    /// The height, width and channels of the frames that the network sees and forecasts.
    public let frame: FrameShape

    /// All parameters, in the order of the network's layout.
    package let parameters: [Float]

    /// The number of parameters.
    public var parameterCount: Int { parameters.count }

    /// Creates a model that knows nothing yet, whose parameters are random.
    ///
    /// Kernels are drawn uniformly by Glorot's rule, biases are 0, and those of the forget gates 1.
    ///
    /// - Parameters:
    ///   - network: the layers.
    ///   - frame: the height, width and channels of the frames.
    ///   - seed: the same seed gives the same parameters, on every machine.
    /// - Throws: ``ConvLSTMError`` if there is no such network on such frames, or no memory for it.
    public init(_ network: EncoderForecaster, frame: FrameShape, seed: UInt64 = 1) throws(ConvLSTMError) {
        let layout = try Self.layout(network, frame: frame), values = ParameterVector<Float>(layout)
        values.initialize(seed: seed)
        self.init(network, frame: frame, parameters: values)
    }

    /// Takes a copy of parameters that the network has.
    package init(_ network: EncoderForecaster, frame: FrameShape, parameters: ParameterVector<Float>) {
        (self.network, self.frame) = (network, frame)
        let span = parameters.flat.span
        self.parameters = Array(unsafeUninitializedCapacity: span.count) { array, count in
            for i in span.indices { array.initializeElement(at: i, to: span[i]) }
            count = span.count
        }
    }

    /// The tensors of a network that is known to exist and to fit into memory.
    static func layout(_ network: EncoderForecaster, frame: FrameShape) throws(ConvLSTMError) -> ParameterLayout {
        let description = try network.description(frame: frame)
        return try ConvLSTMError.wrapping {
            var layout = ParameterLayout()
            let bytes = try MemoryCount.bytes {
                let built = try Network<Float>(description, frame: frame.feature)
                layout = built.layout
                return built
            }
            // The network's own form of the parameters, and the parameters.
            try Memory.require(bytes + layout.count * MemoryLayout<Float>.stride, for: "a network of this size")
            return layout
        }
    }

    /// Builds the network, without its parameters.
    func built(for use: NetworkUse) throws(ConvLSTMError) -> Network<Float> {
        let description = try network.description(frame: frame)
        return try ConvLSTMError.wrapping { try Network(description, frame: frame.feature, for: use) }
    }

    /// A copy of the parameters, as networks read them.
    func vector(_ layout: ParameterLayout) -> ParameterVector<Float> {
        let vector = ParameterVector<Float>(layout)
        var span = vector.flat.mutableSpan
        for i in span.indices { span[i] = parameters[i] }
        return vector
    }
}
