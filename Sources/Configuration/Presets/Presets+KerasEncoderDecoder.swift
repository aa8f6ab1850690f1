// The encoder-decoder of iamrakesh28's next-frame tutorial.

import Kernels
import Shards
import Model

extension Presets {
    /// One ConvLSTM layer that reads the input, one that continues from its state frame by frame, and a 1 x 1 readout;
    /// trained with teacher forcing.
    ///
    /// The original decoder also holds a batch normalization whose output is unused, which is omitted here.
    package static let kerasEncoderDecoder = SystemDescription(
        name: "keras-encdec",
        summary: "iamrakesh28's encoder-decoder: 1 + 1 ConvLSTM layers, previous frame as input, teacher forcing",
        sequences: SequenceDescription(
            inputFrames: 10, outputFrames: 10, order: .sequential,
            generator: GeneratorDescription(
                kind: .movingSquares(.init(view: .shifted)), frames: 20, size: 40, training: 1000, validation: 100,
                test: 100)),
        network: NetworkDescription(
            encoder: [LayerDescription("encoder", .convLSTM(kerasCell(hidden: 128)))],
            forecaster: [LayerDescription("decoder", .convLSTM(kerasCell(hidden: 128, initialState: "encoder")))],
            forecasterInput: .previousFrame,
            readout: [
                LayerDescription("readout", .convolution(ConvolutionDescription(filters: 1, kernel: 1))),
                LayerDescription("sigmoid", .activation(.sigmoid)),
            ]),
        sampling: .teacherForcing, loss: Loss(error: .crossEntropy, reduction: .sumOfFrameMeans),
        optimizer: .rmsProp(.init()), batchSize: 8, learningRate: 1e-3)
}
