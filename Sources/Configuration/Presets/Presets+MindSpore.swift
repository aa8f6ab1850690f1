// The encoder-forecaster of MindSpore's ConvLSTM, and of jhhuang96/ConvLSTM-PyTorch, from which it is ported.

import Model

extension Presets {
    /// An encoder-forecaster at three scales, joined by strided and transposed convolutions, with group normalization
    /// of the gates and no biases; the forecaster reads zeros and starts from the encoder's states.
    package static let mindsporeEncoderForecaster = SystemDescription(
        name: "mindspore-ed",
        summary: "lyqcom/convlstm: 3 + 3 ConvLSTM layers at three scales, 5 x 5, group norm, three digits",
        sequences: threeDigits,
        network: threeScales(lastKernel: 3, hasBias: false, initialization: .normal(deviation: 0.01)),
        loss: .meanSquaredError, optimizer: .adam(.init(form: .tensorFlow)),
        schedule: .plateau(.init(factor: 0.5, patience: 4)), batchSize: 32, learningRate: 1e-4,
        metrics: .mindsporeClipped)

    /// The same system with biases everywhere and a last convolution of 1 x 1.
    package static let mindsporeUpstream = SystemDescription(
        name: "mindspore-ed-upstream",
        summary: "jhhuang96/ConvLSTM-PyTorch: mindspore-ed with biases and a last convolution of 1 x 1",
        sequences: threeDigits,
        network: threeScales(lastKernel: 1, hasBias: true, initialization: .fanIn),
        loss: .meanSquaredError, optimizer: .adam(.init()), schedule: .plateau(.init(factor: 0.5, patience: 4)),
        batchSize: 4, learningRate: 1e-4, clipValue: 10, earlyStopping: EarlyStoppingDescription(patience: 20),
        metrics: .mindsporeClipped)

    private static let threeDigits = SequenceDescription(
        inputFrames: 10, outputFrames: 10,
        generator: GeneratorDescription(kind: .movingMNIST(.init(digits: 3)), fresh: true))

    private static func threeScales(
        lastKernel: Int, hasBias: Bool, initialization: Initialization
    ) -> NetworkDescription {
        func convolution(_ filters: Int, _ kernel: Int, stride: Int = 1, padding: Int? = nil) -> ConvolutionDescription
        {
            ConvolutionDescription(
                filters: filters, kernel: kernel, stride: stride, padding: padding, hasBias: hasBias,
                kernelInitialization: initialization, biasInitialization: hasBias ? initialization : .constant(value: 0)
            )
        }
        func leaky(_ name: String) -> LayerDescription {
            LayerDescription(name, .leakyReLU(LeakyReLUDescription(slope: 0.2)))
        }
        func layer(_ name: String, _ hidden: Int, from state: String? = nil) -> LayerDescription {
            LayerDescription(
                name,
                .convLSTM(
                    ConvLSTMDescription(
                        hidden: hidden, kernel: 5, normalization: .group(channels: 32), initialState: state,
                        hasBias: hasBias, kernelInitialization: initialization,
                        biasInitialization: hasBias ? initialization : .constant(value: 0))))
        }
        func up(_ name: String) -> LayerDescription {
            LayerDescription(name, .transposedConvolution(convolution(96, 4, stride: 2, padding: 1)))
        }
        return NetworkDescription(
            encoder: [
                LayerDescription("en_conv1", .convolution(convolution(16, 3))), leaky("en_leaky1"),
                layer("en_rnn1", 64),
                LayerDescription("en_conv2", .convolution(convolution(64, 3, stride: 2))), leaky("en_leaky2"),
                layer("en_rnn2", 96),
                LayerDescription("en_conv3", .convolution(convolution(96, 3, stride: 2))), leaky("en_leaky3"),
                layer("en_rnn3", 96),
            ],
            forecaster: [
                layer("dn_rnn1", 96, from: "en_rnn3"), up("dn_conv1"), leaky("dn_leaky1"),
                layer("dn_rnn2", 96, from: "en_rnn2"), up("dn_conv2"), leaky("dn_leaky2"),
                layer("dn_rnn3", 64, from: "en_rnn1"),
            ],
            forecasterInput: .zeros(channels: 96),
            readout: [
                LayerDescription("dn_conv3", .convolution(convolution(16, 3))), leaky("dn_leaky3"),
                LayerDescription("dn_conv4", .convolution(convolution(1, lastKernel))), leaky("dn_leaky4"),
            ])
    }
}
