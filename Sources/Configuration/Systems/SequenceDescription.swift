// How a system uses a sequence of frames: which frames are its input and which its targets, their scale and order, and
// the clips for training without a data set.

import Model

/// The frames of a system.
package struct SequenceDescription: Codable, Sendable, Equatable {
    /// The number of input frames of each sequence, from its first frame on.
    package var inputFrames: Int

    /// The number of frames that the network outputs, and that the loss compares.
    package var outputFrames: Int

    /// The index in the sequence of the frame that the first output predicts; nil for the one after the input.
    ///
    /// It is 1 for systems that are trained to predict the next frame at every step.
    package var forecastOffset: Int?

    /// The scaled value of a data set's largest pixel value: 1, or 255 for systems that train on raw pixels.
    package var maxValue: Double

    package var order: SequenceOrder

    /// Whether the network reads its input frames in reverse order, as in trainers.py of bei2020/Video_ConvLSTM.
    package var reversedInput: Bool

    /// How values become those of the network; nil to bring the range that the data have to [0, `maxValue`].
    package var transform: TransformDescription?

    /// The value that the network reads where an input pixel is missing, in the unit of the data; nil for the one that
    /// becomes 0, which stands for no rain.
    package var fill: Double?

    /// The windows to train on; nil for whole frames.
    package var crop: CropDescription?

    /// The size to which frames are padded; nil for none.
    package var padTo: PaddingDescription?

    /// The orientations to train on; nil for that of the data.
    package var augmentation: AugmentationDescription?

    /// The description of `generated` data.
    package var generator: GeneratorDescription

    package init(
        inputFrames: Int, outputFrames: Int, forecastOffset: Int? = nil, maxValue: Double = 1,
        order: SequenceOrder = .shuffled, reversedInput: Bool = false,
        generator: GeneratorDescription = GeneratorDescription()
    ) {
        (self.inputFrames, self.outputFrames, self.maxValue) = (inputFrames, outputFrames, maxValue)
        (self.forecastOffset, self.order, self.reversedInput) = (forecastOffset, order, reversedInput)
        self.generator = generator
    }

    /// The distance from the input frame of a step to the frame that the step's output predicts.
    package var firstForecast: Int { forecastOffset ?? inputFrames }

    /// The size of the frames that the network is built for, if the data have frames of another.
    package func networkFrame(of frame: FeatureShape) -> FeatureShape {
        let size = crop.map { ($0.height, $0.width) } ?? padTo.map { ($0.height, $0.width) }
        return size.map { FeatureShape(height: $0, width: $1, channels: frame.channels) } ?? frame
    }

    /// The number of outputs that predict frames after the input.
    package var forecastFrames: Int { firstForecast + outputFrames - inputFrames }

    /// The number of frames that a training sequence must have.
    package var frames: Int { max(inputFrames, firstForecast + outputFrames) }

    /// The step at which the network reads a frame of the sequence; frames after its input keep their order.
    package func step(reading frame: Int) -> Int {
        reversedInput && frame < inputFrames ? inputFrames - 1 - frame : frame
    }
}

/// How training sequences are grouped into batches.
package enum SequenceOrder: String, Codable, Sendable, CaseIterable {
    /// Each sequence once per epoch, in a random order for each epoch.
    case shuffled

    /// Each sequence once per epoch, in index order: the encoder-decoder of iamrakesh28, MindSpore ConvLSTM.
    case sequential

    /// Batch k holds sequences k ..< k + batch size, so that neighboring batches share all but one: trainers.py of
    /// bei2020/Video_ConvLSTM.
    case slidingWindow
}

extension SequenceDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            inputFrames: try values.decode(Int.self, forKey: .inputFrames),
            outputFrames: try values.decode(Int.self, forKey: .outputFrames),
            forecastOffset: try values.decodeIfPresent(Int.self, forKey: .forecastOffset),
            maxValue: try values.decode(.maxValue, or: 1),
            order: try values.decode(.order, or: .shuffled),
            reversedInput: try values.decode(.reversedInput, or: false),
            generator: try values.decode(.generator, or: GeneratorDescription()))
        transform = try values.decodeIfPresent(TransformDescription.self, forKey: .transform)
        fill = try values.decodeIfPresent(Double.self, forKey: .fill)
        crop = try values.decodeIfPresent(CropDescription.self, forKey: .crop)
        padTo = try values.decodeIfPresent(PaddingDescription.self, forKey: .padTo)
        augmentation = try values.decodeIfPresent(AugmentationDescription.self, forKey: .augmentation)
    }
}
