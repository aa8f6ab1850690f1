// The networks of this library, by a few numbers. The choice: the one form that sees and forecasts any number of frames, that
// of the original paper; other forms are the program's, which reads them from a file.

import Kernels
import Model

/// A network of ConvLSTM layers: an encoder reads the given frames, and a forecaster makes the next ones of its states.
///
/// Frames are cut into patches of ``patchSize`` x ``patchSize`` pixels, which become the channels of smaller maps
/// (space-to-depth). The encoder's layers read them one after the other. The forecaster has as many layers in reverse
/// order, which begin with the encoder's final states; the deepest of them has no input. A convolution over the outputs
/// of all of them makes the patches of the next frame. The network sees any number of frames and forecasts any number.
///
/// Source: Shi et al., "Convolutional LSTM network: a machine learning approach for precipitation nowcasting", NIPS
/// 2015.
public struct EncoderForecaster: Sendable, Hashable, Codable {
    /// The number of hidden channels of each layer of the encoder, from the frames on; 1 to 32 layers.
    public var hiddenChannels: [Int]

    /// The side of all square convolution kernels, in pixels of the maps: an odd number.
    public var kernelSize: Int

    /// The side of a patch in pixels of the frame, which divides height and width; 1 to leave frames as they are.
    public var patchSize: Int

    /// Whether the gates see the cell state, through one weight per channel that all pixels share.
    public var hasPeepholes: Bool

    /// The function of the forecast frames.
    public var outputActivation: OutputActivation

    /// The last function of a network.
    public enum OutputActivation: String, Sendable, Codable, CaseIterable {
        /// The logistic function, for frames of values between 0 and 1.
        case sigmoid

        /// None, for frames of any values.
        case linear
    }

    /// Describes a network.
    ///
    /// Any numbers are accepted here; ``VideoModel/init(_:frame:seed:)`` throws if there is no such network.
    ///
    /// - Parameters:
    ///   - hiddenChannels: the number of hidden channels of each layer of the encoder, from the frames on.
    ///   - kernelSize: the side of all square convolution kernels.
    ///   - patchSize: the side of the patches that frames are cut into.
    ///   - hasPeepholes: whether the gates see the cell state.
    ///   - outputActivation: the function of the forecast frames.
    public init(
        hiddenChannels: [Int], kernelSize: Int = 3, patchSize: Int = 1, hasPeepholes: Bool = false,
        outputActivation: OutputActivation = .sigmoid
    ) {
        (self.hiddenChannels, self.kernelSize, self.patchSize) = (hiddenChannels, kernelSize, patchSize)
        (self.hasPeepholes, self.outputActivation) = (hasPeepholes, outputActivation)
    }

    /// Three layers of 32 channels with kernels of 3 x 3 on patches of 4 x 4: the preset `small` of `convlstm-dist`,
    /// which learns Moving MNIST within minutes.
    public static let small = EncoderForecaster(hiddenChannels: [32, 32, 32], patchSize: 4)
}

extension EncoderForecaster {
    private static let mostLayers = 32, mostChannels = 4096, largestKernel = 31

    /// The layers of the network for frames of some shape.
    ///
    /// Throws if a number is none that a network can have, or the patches do not divide the frames.
    package func description(frame: FrameShape) throws(ConvLSTMError) -> NetworkDescription {
        try frame.check()
        try check(frame: frame)
        let depth = hiddenChannels.count
        let encoder = (1...depth).map { layer("encoder\($0)", hidden: hiddenChannels[$0 - 1]) }
        let forecaster = (1...depth).map {
            layer("forecaster\($0)", hidden: hiddenChannels[depth - $0], from: "encoder\(depth + 1 - $0)")
        }
        let isPatched = patchSize > 1, patches = RearrangementDescription(size: patchSize)
        let readout = ConvolutionDescription(filters: patchSize * patchSize * frame.channels, kernel: kernelSize)
        return NetworkDescription(
            encoder: (isPatched ? [LayerDescription("patches", .spaceToDepth(patches))] : []) + encoder,
            forecaster: forecaster,
            readout: [LayerDescription("readout", from: forecaster.map(\.name), .convolution(readout))]
                + (outputActivation == .sigmoid ? [LayerDescription("sigmoid", .activation(.sigmoid))] : [])
                + (isPatched ? [LayerDescription("unpatches", .depthToSpace(patches))] : []))
    }

    /// The forget gate's bias begins at 1, so that cells remember until they learn to forget (Jozefowicz et al. 2015).
    private func layer(_ name: String, hidden: Int, from state: String? = nil) -> LayerDescription {
        LayerDescription(
            name,
            .convLSTM(
                ConvLSTMDescription(
                    hidden: hidden, kernel: kernelSize, peepholes: hasPeepholes ? .perChannel : .none,
                    initialState: state, forgetBias: 1)))
    }

    private func check(frame: FrameShape) throws(ConvLSTMError) {
        guard (1...Self.mostLayers).contains(hiddenChannels.count),
            hiddenChannels.allSatisfy({ (1...Self.mostChannels).contains($0) })
        else {
            throw ConvLSTMError(
                "hiddenChannels is \(hiddenChannels); give 1 to \(Self.mostLayers) layers, each of 1 to \(Self.mostChannels) channels"
            )
        }
        guard (1...Self.largestKernel).contains(kernelSize), kernelSize % 2 == 1 else {
            throw ConvLSTMError("kernelSize is \(kernelSize); choose an odd number from 1 to \(Self.largestKernel)")
        }
        guard patchSize > 0, frame.height % patchSize == 0, frame.width % patchSize == 0 else {
            throw ConvLSTMError(
                "patchSize is \(patchSize) and frames are \(frame); choose a number that divides their height and width"
            )
        }
    }
}
