// What a system makes of a sequence of frames: which it sees, which it has to forecast, in which values and in which
// order; and the clips that it trains on where a person has none.

import Model

/// The frames of a system.
package struct SequenceDescription: Codable, Sendable, Equatable {
    /// Frames that the network sees of each sequence, from the first one on.
    package var inputFrames: Int

    /// Frames that the network gives, and that the loss compares.
    package var outputFrames: Int

    /// The number, in the sequence, of the frame that the first output stands for; nil for the one after the input.
    ///
    /// 1 for systems that are trained to give the next frame at every step.
    package var forecastOffset: Int?

    /// What the largest pixel value of a data set becomes: 1, or 255 for systems that train on raw pixels.
    package var maxValue: Double

    package var order: SequenceOrder

    /// Whether the network sees its input frames last one first, as bei2020/Video_ConvLSTM's trainers.py feeds them.
    package var reversedInput: Bool

    /// What `generated` data are.
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

    /// How many frames after the input at a step the output of the same step lies, counted from the sequence's start.
    package var firstForecast: Int { forecastOffset ?? inputFrames }

    /// Outputs that stand for frames after the input.
    package var forecastFrames: Int { firstForecast + outputFrames - inputFrames }

    /// Frames that a sequence must have for training.
    package var frames: Int { max(inputFrames, firstForecast + outputFrames) }

    /// The step at which the network reads a frame of the sequence; frames after its input stay where they are.
    package func step(reading frame: Int) -> Int {
        reversedInput && frame < inputFrames ? inputFrames - 1 - frame : frame
    }
}

/// Which training sequences make a batch.
package enum SequenceOrder: String, Codable, Sendable, CaseIterable {
    /// Each once an epoch, in an order of that epoch.
    case shuffled

    /// Each once an epoch, by number: the encoder-decoder of iamrakesh28, MindSpore ConvLSTM.
    case sequential

    /// Batch k is sequences k ..< k + batch size, so neighboring batches share all but one: bei2020/Video_ConvLSTM's
    /// trainers.py.
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
    }
}
