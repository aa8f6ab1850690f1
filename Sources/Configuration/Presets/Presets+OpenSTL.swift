// ConvLSTM-S of OpenSTL, trained on Moving MNIST like PredRNN.

import Model

extension Presets {
    /// Four ConvLSTM layers without biases on patches, which predict the next frame at every step and, after the given
    /// frames, read an increasing share of their own outputs.
    package static let openSTL: SystemDescription = {
        /// A layer with PyTorch's default initialization of two separate convolutions, over the input and over the
        /// hidden state.
        func layer(_ number: Int, input: Int) -> LayerDescription {
            LayerDescription(
                "cell\(number)",
                .convLSTM(
                    ConvLSTMDescription(
                        hidden: 128, kernel: 5, hasBias: false,
                        kernelInitialization: .uniform(limit: limit(25 * input)),
                        hiddenInitialization: .uniform(limit: limit(25 * 128)))))
        }
        func limit(_ fanIn: Int) -> Double { 1 / Double(fanIn).squareRoot() }
        return SystemDescription(
            name: "openstl-convlstm-s",
            summary: "OpenSTL's ConvLSTM-S: 4 ConvLSTM layers, 5 x 5, on patches, scheduled sampling, one cycle",
            sequences: SequenceDescription(
                inputFrames: 10, outputFrames: 19, forecastOffset: 1, generator: GeneratorDescription(fresh: true)),
            network: NetworkDescription(
                encoder: [
                    LayerDescription("patches", .spaceToDepth(RearrangementDescription(size: 4))), layer(1, input: 16),
                ]
                    + (2...4).map { layer($0, input: 128) },
                readout: [
                    LayerDescription(
                        "readout",
                        .convolution(
                            ConvolutionDescription(
                                filters: 16, kernel: 1, hasBias: false, kernelInitialization: .fanIn))),
                    LayerDescription("unpatches", .depthToSpace(RearrangementDescription(size: 4))),
                ]),
            sampling: .scheduled(start: 1, decrease: 2e-5, until: 50_000), loss: .meanSquaredError,
            optimizer: .adam(.init()), schedule: .oneCycle(.init()), batchSize: 16, learningRate: 5e-4,
            metrics: .openstl)
    }()
}
