// The description of a network: its layers and what each of them reads. Published systems differ in these values, not
// in code.

import Kernels

/// A network of three parts: an encoder, which runs over the input frames; a forecaster, which runs over the output
/// frames; and a readout, which computes frames from the output of either.
///
/// Without a forecaster the network gives one output frame per time step of the encoder, and beyond the input frames it
/// reads its own outputs. A layer reads the preceding layer or those that it names. The first layer of the encoder
/// reads the frames, the first of the forecaster reads `forecasterInput`, and the first of the readout reads the last
/// layer before it.
package struct NetworkDescription: Codable, Sendable, Equatable {
    package var encoder: [LayerDescription]
    package var forecaster: [LayerDescription]
    package var forecasterInput: ForecasterInput
    package var readout: [LayerDescription]

    /// What is read beside the frames; nil for nothing.
    package var inputs: NetworkInputs?

    package init(
        encoder: [LayerDescription], forecaster: [LayerDescription] = [], forecasterInput: ForecasterInput = .nothing,
        readout: [LayerDescription], inputs: NetworkInputs? = nil
    ) {
        (self.encoder, self.forecaster, self.readout) = (encoder, forecaster, readout)
        (self.forecasterInput, self.inputs) = (forecasterInput, inputs)
    }

    /// What a network reads beside the frames.
    package struct NetworkInputs: Codable, Sendable, Equatable {
        /// Whether the frames have one more channel, which is 1 where a pixel was observed and 0 where it is missing. In
        /// frames of its own every pixel is observed.
        package var mask = false

        package init(mask: Bool = false) { self.mask = mask }
    }

    /// The input of the forecaster's first layer at each time step.
    package enum ForecasterInput: Codable, Sendable, Equatable {
        /// No input: the layer has no input kernel, and only its initial state carries information.
        case nothing

        /// Zeros: the layer has an input kernel, which is never trained.
        case zeros(channels: Int)

        /// At the first step, the output of the encoder's last layer after its last step; later, the previous output of
        /// the forecaster's own last layer.
        case lastHidden

        /// At the first step, the last input frame, which the encoder does not see in this case; later, the frame
        /// before the one to forecast. That is the true frame or the forecast frame, as sampled in training.
        case previousFrame

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case nothing, zeros, lastHidden, previousFrame
        }
    }
}

extension NetworkDescription {
    /// Whether the frames that the network reads have a channel that says which pixels are there.
    package var readsMask: Bool { inputs?.mask ?? false }

    /// Whether a layer has peephole weights for each position, which fix the size of the frames.
    package var hasPeepholesPerPosition: Bool {
        (encoder + forecaster + readout).contains { layer in
            if case .convLSTM(let it) = layer.operation { it.peepholes == .perPosition } else { false }
        }
    }

    /// The number of which the sides of frames must be multiples, so that each layer that makes feature maps smaller
    /// divides them without a rest: the product of all strides, at most 2^20.
    package var largestStride: Int {
        (encoder + forecaster + readout).reduce(1) { product, layer in
            let stride =
                switch layer.operation {
                case .convolution(let it): it.stride
                case .spaceToDepth(let it): it.size
                default: 1
                }
            let next = product.multipliedReportingOverflow(by: stride)
            return next.overflow ? 1 << 20 : min(next.partialValue, 1 << 20)
        }
    }

    /// Whether the network has batch normalization, so that the sequences of a batch affect each other.
    package var normalizesBatches: Bool { (encoder + forecaster + readout).contains(where: \.normalizesBatches) }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        encoder = try values.decode(.encoder, or: [])
        forecaster = try values.decode(.forecaster, or: [])
        forecasterInput = try values.decode(.forecasterInput, or: .nothing)
        readout = try values.decode([LayerDescription].self, forKey: .readout)
        inputs = try values.decodeIfPresent(NetworkInputs.self, forKey: .inputs)
    }
}

/// One layer, which maps a sequence of feature maps to a sequence of feature maps.
package struct LayerDescription: Sendable, Equatable {
    /// The layer's name, unique in the network; it is the first part of its tensors' names.
    package var name: String

    /// The layers that it reads, concatenated along the channels; nil for the preceding layer.
    package var from: [String]?

    package var operation: Operation

    package enum Operation: Sendable, Equatable {
        case convLSTM(ConvLSTMDescription)
        case convolution(ConvolutionDescription)
        case transposedConvolution(ConvolutionDescription)
        case convolution3D(Convolution3DDescription)
        case batchNormalization(BatchNormalizationDescription)
        case activation(Activation)
        case leakyReLU(LeakyReLUDescription)
        case spaceToDepth(RearrangementDescription)
        case depthToSpace(RearrangementDescription)
    }

    package init(_ name: String, from: [String]? = nil, _ operation: Operation) {
        (self.name, self.from, self.operation) = (name, from, operation)
    }

    package var normalizesBatches: Bool {
        if case .batchNormalization = operation { true } else { false }
    }
}
