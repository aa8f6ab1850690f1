// The network of the original ConvLSTM paper.

import Kernels
import Model

extension Presets {
    /// The three-layer network of Shi et al., "Convolutional LSTM network", NIPS 2015, table 1: 128, 64 and 64 hidden
    /// channels, 5 x 5, on patches; the forecaster mirrors the encoder, starts from its states and has no input.
    ///
    /// The paper's count of 7,585,296 parameters implies peepholes that are shared by all pixels.
    package static let shi2015: SystemDescription = {
        func layer(_ name: String, _ hidden: Int, from state: String? = nil) -> LayerDescription {
            LayerDescription(
                name,
                .convLSTM(ConvLSTMDescription(hidden: hidden, kernel: 5, peepholes: .perChannel, initialState: state)))
        }
        let spaceToDepth = RearrangementDescription(size: 4)
        return SystemDescription(
            name: "shi2015", summary: "Shi et al. 2015: 3 + 3 ConvLSTM layers, 5 x 5, on patches, states copied",
            sequences: SequenceDescription(inputFrames: 10, outputFrames: 10),
            network: NetworkDescription(
                encoder: [
                    LayerDescription("patches", .spaceToDepth(spaceToDepth)),
                    layer("encoder1", 128), layer("encoder2", 64), layer("encoder3", 64),
                ],
                forecaster: [
                    layer("forecaster1", 64, from: "encoder3"), layer("forecaster2", 64, from: "encoder2"),
                    layer("forecaster3", 128, from: "encoder1"),
                ],
                readout: [
                    LayerDescription(
                        "readout", from: ["forecaster1", "forecaster2", "forecaster3"],
                        .convolution(ConvolutionDescription(filters: 16, kernel: 1))),
                    LayerDescription("sigmoid", .activation(.sigmoid)),
                    LayerDescription("unpatches", .depthToSpace(spaceToDepth)),
                ]),
            loss: .binaryCrossEntropy, optimizer: .rmsProp(.init()), batchSize: 16, learningRate: 1e-3,
            earlyStopping: EarlyStoppingDescription(patience: 10))
    }()
}
