import DataLoading
import Configuration
import Kernels
import Model
import Shards
import NetworkTestSupport
import Testing

/// The input and target tensors of sequences whose pixels encode where they come from.
@Suite struct BatchLoaderTests {
    /// Sequences of one pixel per frame: 10 * sequence + frame, negative as inputs.
    private struct Numbered: SequenceSource {
        let geometry = SequenceGeometry(frames: 6, height: 1, width: 1, channels: 1)
        let count = 10
        let valueRange: ClosedRange<Float> = 0...100
        var sign: Float = 1

        func read(sequence: Int, into values: inout MutableSpan<Float>) {
            for frame in 0..<6 { values[frame] = sign * Float(10 * sequence + frame) }
        }
    }

    /// Loads sequences 3 and 7 and returns the frames of input and target, (frames, batch).
    private func load(
        _ sequences: SequenceDescription, from source: any SequenceSource = Numbered()
    ) throws -> (input: [Float], target: [Float]) {
        var model = Presets.small
        model.sequences = sequences
        let scale = try ValueScale(source.valueRange, unit: source.unit, of: "numbered", for: sequences)
        let loader = BatchLoader(source, scale: scale, for: model), target = loader.target(batch: 2)
        let input = Tensor<Float>(sequences.inputFrames, 2, 1, 1, 1)
        try loader.load([3, 7].map(SequenceID.init), into: input, target: target)
        return (numbers(input), numbers(target))
    }

    @Test func theTargetFollowsTheInput() throws {
        let (input, target) = try load(SequenceDescription(inputFrames: 3, outputFrames: 2, maxValue: 100))
        #expect(input == [30, 70, 31, 71, 32, 72] && target == [33, 73, 34, 74])
    }

    @Test func nextFrameTrainingShiftsTheTargetByOne() throws {
        let (input, target) = try load(
            SequenceDescription(inputFrames: 3, outputFrames: 3, forecastOffset: 1, maxValue: 100))
        #expect(input == [30, 70, 31, 71, 32, 72] && target == [31, 71, 32, 72, 33, 73])
    }

    @Test func reversedInputTurnsTheInputAlone() throws {
        let (input, target) = try load(
            SequenceDescription(inputFrames: 3, outputFrames: 2, maxValue: 100, reversedInput: true))
        #expect(input == [32, 72, 31, 71, 30, 70] && target == [33, 73, 34, 74])
    }

    @Test func aPairIsScaledByTheRangeOfTheTruth() throws {
        let pair = PairedSource(truth: Numbered(), inputs: Numbered(sign: -1))
        let frames = SequenceDescription(inputFrames: 2, outputFrames: 2, forecastOffset: 1, maxValue: 200)
        let (input, target) = try load(frames, from: pair)
        #expect(input == [-60, -140, -62, -142] && target == [62, 142, 64, 144])
    }

    /// Frames of two pixels, of which the second is missing in every frame with an even number.
    private struct Holey: SequenceSource {
        let geometry = SequenceGeometry(frames: 4, height: 1, width: 2, channels: 1)
        let count = 2
        let valueRange: ClosedRange<Float> = 0...10
        let unit: String? = "mm/h"
        var mayMiss = true

        func read(sequence: Int, into values: inout MutableSpan<Float>) {
            for frame in 0..<4 {
                values[2 * frame] = Float(frame)
                values[2 * frame + 1] = frame.isMultiple(of: 2) ? .nan : 10
            }
        }
    }

    private func loadHoley(
        _ change: (inout SystemDescription) -> Void
    ) throws -> (input: [Float], target: [Float]) {
        var model = Presets.small
        model.sequences = SequenceDescription(inputFrames: 2, outputFrames: 2)
        change(&model)
        let source = Holey(), scale = try ValueScale(0...10, unit: "mm/h", of: "holey", for: model.sequences)
        let loader = BatchLoader(source, scale: scale, for: model), target = loader.target(batch: 1)
        let size = model.sequences.networkFrame(of: FeatureShape(height: 1, width: 2, channels: 1))
        let input = Tensor<Float>(2, 1, size.height, size.width, model.network.readsMask ? 2 : 1)
        try loader.load([SequenceID(0)], into: input, target: target)
        return (numbers(input), numbers(target).map { $0.isNaN ? -1 : $0 })
    }

    @Test func missingPixelsAreFilledInTheInputAndStayMissingInTheTarget() throws {
        let found = try loadHoley { _ in }
        #expect(found.input == [0, 0, 0.1, 1] && found.target == [0.2, -1, 0.3, 1])
        let filled = try loadHoley {
            $0.sequences.transform = .linear(.init(from: 0, to: 5))
            $0.sequences.fill = 2.5
        }
        #expect(filled.input == [0, 0.5, 0.2, 1] && filled.target == [0.4, -1, 0.6, 1])
    }

    @Test func theMaskIsAChannelMore() throws {
        let found = try loadHoley { $0.network.inputs = .init(mask: true) }
        #expect(found.input == [0, 1, 0, 0, 0.1, 1, 1, 1] && found.target == [0.2, -1, 0.3, 1])
    }

    /// What frames are padded with is missing: read as such, and in no loss.
    @Test func paddingIsMissing() throws {
        let found = try loadHoley {
            $0.sequences.padTo = .init(height: 2, width: 2)
            $0.network.inputs = .init(mask: true)
        }
        #expect(found.input == [0, 1, 0, 0, 0, 0, 0, 0, 0.1, 1, 1, 1, 0, 0, 0, 0])
        #expect(found.target == [0.2, -1, -1, -1, 0.3, 1, -1, -1])
    }

    /// NaN where no pixel may be missing is damage, which neither a mean nor a transform hides.
    @Test func whatIsNoNumberIsNotTakenForMissing() throws {
        var model = Presets.small
        model.sequences = SequenceDescription(inputFrames: 2, outputFrames: 2)
        for transform in [nil, TransformDescription.linear(.init(from: 0, to: 5))] {
            model.sequences.transform = transform
            let scale = try ValueScale(0...10, unit: nil, of: "damaged", for: model.sequences)
            let loader = BatchLoader(Holey(mayMiss: false), scale: scale, for: model), target = loader.target(batch: 1)
            let input = Tensor<Float>(2, 1, 1, 2, 1)
            try loader.load([SequenceID(0)], into: input, target: target)
            #expect(numbers(input)[1] == .infinity && numbers(target)[1] == .infinity)
        }
    }
}
