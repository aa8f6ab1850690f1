// The sequence-to-sequence network of holmdk and of NiuHuangxiaozi's Convlstm_MovingMinist.

import Kernels
import Model

extension Presets {
    /// Two ConvLSTM layers that read the input, and two that start from a state of zeros, whose input is the last
    /// hidden state of the former and then their own.
    package static let pytorchSeq2seq: SystemDescription = {
        func layer(_ name: String) -> LayerDescription {
            LayerDescription(
                name,
                .convLSTM(
                    ConvLSTMDescription(
                        hidden: 64, kernel: 3, kernelInitialization: .fanIn, biasInitialization: .fanIn)))
        }
        return SystemDescription(
            name: "pytorch-seq2seq",
            summary: "NiuHuangxiaozi/Convlstm_MovingMinist: 2 + 2 ConvLSTM layers, own hidden state as input",
            sequences: SequenceDescription(inputFrames: 10, outputFrames: 10),
            network: NetworkDescription(
                encoder: [layer("encoder1"), layer("encoder2")], forecaster: [layer("decoder1"), layer("decoder2")],
                forecasterInput: .lastHidden,
                readout: [
                    LayerDescription(
                        "readout",
                        .convolution(
                            ConvolutionDescription(
                                filters: 1, kernel: 3, kernelInitialization: .fanIn, biasInitialization: .fanIn))),
                    LayerDescription("sigmoid", .activation(.sigmoid)),
                ]),
            loss: .meanSquaredError, optimizer: .adam(.init()), batchSize: 100, learningRate: 1e-3, clipValue: 10)
    }()

    /// The names of the modules in holmdk's state dicts, and in the other model of NiuHuangxiaozi.
    static let pytorchSeq2seqNames = ImportMap([
        ImportMap.Module("encoder1", ["encoder_1_convlstm.conv", "encoder_lay_one.conv"]),
        ImportMap.Module("encoder2", ["encoder_2_convlstm.conv", "encoder_lay_two.conv"]),
        ImportMap.Module("decoder1", ["decoder_1_convlstm.conv", "decoder_lay_one.conv"]),
        ImportMap.Module("decoder2", ["decoder_2_convlstm.conv", "decoder_lay_two.conv"]),
        ImportMap.Module("readout", ["decoder_CNN", "conv3d"]),
    ])
}
