// The next-frame systems of the Keras example.

import Shards
import Kernels
import Model

extension Presets {
    /// The next-frame predictor of Keras 2.1.0, examples/conv_lstm.py: four ConvLSTM layers, each followed by batch
    /// normalization, and a 3-D convolution that predicts the next frame at every step.
    ///
    /// The published convolution is padded on both sides in time, so that it reads features of the very frame that it
    /// has to predict; `timePadding: causal` avoids that. The last frame of a rollout has no such neighbor.
    package static let kerasStack = kerasStack("keras-stack", layers: 4)

    /// The same system with three layers, as described in the readme of iamrakesh28's next-frame tutorial.
    package static let kerasStack3 = kerasStack("keras-stack-3", layers: 3)

    private static func kerasStack(_ name: String, layers count: Int) -> SystemDescription {
        let layers = (1...count).flatMap { number in
            [
                LayerDescription("convlstm\(number)", .convLSTM(kerasCell(hidden: 40))),
                LayerDescription("norm\(number)", .batchNormalization(BatchNormalizationDescription())),
            ]
        }
        return SystemDescription(
            name: name, summary: "Keras' examples/conv_lstm.py: \(count) ConvLSTM layers with batch norm, next frame",
            sequences: SequenceDescription(
                inputFrames: 15, outputFrames: 15, forecastOffset: 1,
                generator: GeneratorDescription(
                    kind: .movingSquares(.init(view: .noisy)), frames: 16, size: 40, training: 950, validation: 50,
                    test: 200)),
            network: NetworkDescription(
                encoder: layers,
                readout: [
                    LayerDescription(
                        "readout", .convolution3D(Convolution3DDescription(filters: 1, kernel: 3, kernelTime: 3))),
                    LayerDescription("sigmoid", .activation(.sigmoid)),
                ]),
            loss: .binaryCrossEntropy, optimizer: .adadelta(.init()), batchSize: 10, learningRate: 1)
    }

    /// Keras' `ConvLSTM2D` before version 3, with 3 x 3 kernels.
    static func kerasCell(hidden: Int, initialState: String? = nil) -> ConvLSTMDescription {
        ConvLSTMDescription(
            hidden: hidden, kernel: 3, gateActivation: .hardSigmoid, initialState: initialState,
            hiddenInitialization: .orthogonal, forgetBias: 1)
    }
}
