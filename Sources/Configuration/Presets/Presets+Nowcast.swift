// Precipitation nowcasting from radar composites, in the manner of HKO-7's encoder-forecaster.

import Model

extension Presets {
    /// Half an hour of radar seen, an hour forecast, in steps of five minutes: three scales joined by strided and transposed
    /// convolutions, at a size that two cores train within an hour.
    ///
    /// Source: Shi et al., "Deep Learning for Precipitation Nowcasting: A Benchmark and A New Model", NIPS 2017,
    /// figure 1, with ConvLSTM layers; its balanced loss with other weights, as a mean over the observed pixels.
    package static let nowcast: SystemDescription = {
        func leaky(_ name: String) -> LayerDescription {
            LayerDescription(name, .leakyReLU(LeakyReLUDescription(slope: 0.2)))
        }
        func layer(_ name: String, _ hidden: Int, from state: String? = nil) -> LayerDescription {
            LayerDescription(
                name, .convLSTM(ConvLSTMDescription(hidden: hidden, kernel: 3, initialState: state, forgetBias: 1)))
        }
        func down(_ name: String, _ filters: Int, _ kernel: Int, stride: Int) -> LayerDescription {
            LayerDescription(
                name, .convolution(ConvolutionDescription(filters: filters, kernel: kernel, stride: stride, padding: 1))
            )
        }
        func up(_ name: String, _ filters: Int, _ kernel: Int, stride: Int) -> LayerDescription {
            LayerDescription(
                name,
                .transposedConvolution(
                    ConvolutionDescription(filters: filters, kernel: kernel, stride: stride, padding: 1)))
        }
        return SystemDescription(
            name: "nowcast",
            summary: "radar nowcasting: 3 + 3 ConvLSTM layers at three scales, masked balanced loss, crops of 128",
            sequences: radar,
            network: NetworkDescription(
                encoder: [
                    down("down1", 16, 6, stride: 4), leaky("down1_leaky"), layer("encoder1", 48),
                    down("down2", 64, 4, stride: 2), leaky("down2_leaky"), layer("encoder2", 64),
                    down("down3", 96, 4, stride: 2), leaky("down3_leaky"), layer("encoder3", 96),
                ],
                forecaster: [
                    layer("forecaster3", 96, from: "encoder3"), up("up3", 64, 4, stride: 2), leaky("up3_leaky"),
                    layer("forecaster2", 64, from: "encoder2"), up("up2", 48, 4, stride: 2), leaky("up2_leaky"),
                    layer("forecaster1", 48, from: "encoder1"),
                ],
                readout: [
                    up("up1", 16, 6, stride: 4), leaky("up1_leaky"),
                    LayerDescription("rain", .convolution(ConvolutionDescription(filters: 1, kernel: 1))),
                ],
                inputs: .init(mask: true)),
            loss: Loss(error: .balanced, weights: weights), optimizer: .adam(.init()),
            schedule: .cosine(.init(warmUp: 100)),
            batchSize: 4, learningRate: 1e-3, clipNorm: 1)
    }()

    /// The absolute error leads to a median, so rain of weight w among rain of weight v is forecast where it is at least as
    /// likely as v in v + w; and CSI is highest where rain is forecast that is at least as likely as CSI in 1 + CSI. Eight
    /// times the weight from 2 mm/h on, for a CSI of an eighth: with HKO-7's, no such rain is forecast beyond half an hour.
    private static let weights = LossWeights(thresholds: [0.5, 2, 5, 10], values: [1, 2.5, 20, 40, 60])

    private static let radar: SequenceDescription = {
        var frames = SequenceDescription(
            inputFrames: 6, outputFrames: 12,
            generator: GeneratorDescription(
                kind: .rain, frames: 18, size: 128, training: 1000, validation: 40, test: 40))
        frames.transform = .dBZ(.init())
        frames.crop = CropDescription(height: 128, width: 128, wet: WetDescription(above: 0.5, share: 0.1))
        frames.augmentation = AugmentationDescription(flips: true, quarterTurns: true)
        return frames
    }()
}
