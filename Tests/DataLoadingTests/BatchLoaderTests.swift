import DataLoading
import Configuration
import Kernels
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
        let loader = BatchLoader(source, for: model), target = loader.target(batch: 2)
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
}
