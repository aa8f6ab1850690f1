// The systems that come with the program, as values.

import Platform
import Formats
import Kernels
import Shards
import Model

/// The built-in systems.
package enum Presets {
    package static let all = [
        small, nowcast, neuralScene, kerasStack, kerasStack3, kerasEncoderDecoder, pytorchSeq2seq,
        mindsporeEncoderForecaster, mindsporeUpstream, openSTL, shi2015,
    ]

    package static func named(_ name: String) throws(ModelError) -> SystemDescription {
        guard let preset = all.first(where: { $0.name == name }) else {
            let known = all.map(\.name)
            let advice =
                nearest(to: name, among: known).map { "did you mean \($0)?" }
                ?? "choose one of: \(known.joined(separator: ", "))"
            throw ModelError("there is no model \(name.quotable()); \(advice)")
        }
        return preset
    }
}

extension Presets {
    /// The default: an encoder and a forecaster of three layers each on patches of 4 x 4 pixels, states copied in
    /// reverse order, and a readout over all hidden states. It follows Shi et al. 2015, at a size that learns within
    /// minutes.
    package static let small: SystemDescription = {
        func layer(_ name: String, from state: String? = nil) -> LayerDescription {
            LayerDescription(
                name,
                .convLSTM(ConvLSTMDescription(hidden: 32, kernel: 3, initialState: state, forgetBias: 1)))
        }
        return SystemDescription(
            name: "small",
            summary: "encoder-forecaster of 3 + 3 ConvLSTM layers on 4 x 4 patches; learns within minutes",
            sequences: SequenceDescription(inputFrames: 10, outputFrames: 10),
            network: NetworkDescription(
                encoder: [
                    LayerDescription("patches", .spaceToDepth(RearrangementDescription(size: 4))),
                    layer("encoder1"), layer("encoder2"), layer("encoder3"),
                ],
                forecaster: [
                    layer("forecaster1", from: "encoder3"), layer("forecaster2", from: "encoder2"),
                    layer("forecaster3", from: "encoder1"),
                ],
                readout: [
                    LayerDescription(
                        "readout", from: ["forecaster1", "forecaster2", "forecaster3"],
                        .convolution(ConvolutionDescription(filters: 16, kernel: 3))),
                    LayerDescription("sigmoid", .activation(.sigmoid)),
                    LayerDescription("unpatches", .depthToSpace(RearrangementDescription(size: 4))),
                ]),
            loss: .binaryCrossEntropy, optimizer: .adam(.init()), schedule: .cosine(.init(warmUp: 50)), batchSize: 8,
            learningRate: 2e-3, clipNorm: 1)
    }()
}

extension Presets {
    /// The next-frame system of bei2020/Video_ConvLSTM: three chained ConvLSTM layers, three parallel ones that read
    /// the third and have no recurrent hidden state, and a 1 x 1 readout over the parallel three.
    package static let neuralScene: SystemDescription = {
        func layer(_ name: String, _ hidden: Int, from: [String]? = nil, isRecurrent: Bool = true) -> LayerDescription {
            LayerDescription(
                name, from: from,
                .convLSTM(
                    ConvLSTMDescription(
                        hidden: hidden, kernel: 5, peepholes: .perPosition, tensors: .perGate,
                        isRecurrent: isRecurrent,
                        kernelInitialization: .uniform(limit: 0.001),
                        peepholeInitialization: .uniform(limit: 0.001))))
        }
        let spaceToDepth = RearrangementDescription(size: 4, order: .reshape)
        return SystemDescription(
            name: "neural-scene",
            summary: "bei2020/Video_ConvLSTM: 3 + 3 ConvLSTM layers, 5 x 5, peepholes, one output per input",
            sequences: SequenceDescription(
                inputFrames: 10, outputFrames: 10, maxValue: 255,
                generator: GeneratorDescription(kind: .movingMNIST(.init(motion: .tenciaLee)))),
            network: NetworkDescription(
                encoder: [
                    LayerDescription("patches", .spaceToDepth(spaceToDepth)),
                    layer("enco_cl1", 128), layer("enco_cl2", 64), layer("enco_cl3", 64),
                    layer("fore_cl1", 128, from: ["enco_cl3"], isRecurrent: false),
                    layer("fore_cl2", 64, from: ["enco_cl3"], isRecurrent: false),
                    layer("fore_cl3", 64, from: ["enco_cl3"], isRecurrent: false),
                ],
                readout: [
                    LayerDescription(
                        "finl_predict", from: ["fore_cl1", "fore_cl2", "fore_cl3"],
                        .convolution(ConvolutionDescription(filters: 16, kernel: 1))),
                    LayerDescription("unpatches", .depthToSpace(spaceToDepth)),
                ]),
            loss: .halvedSumOfSquares, optimizer: .adam(.init(form: .tensorFlow)),
            schedule: .stepDecay(.init(factor: 0.9, every: 275)), batchSize: 8, learningRate: 1e-3)
    }()
}
