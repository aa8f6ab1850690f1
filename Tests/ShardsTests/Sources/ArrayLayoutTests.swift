import Shards
import Testing

/// The layouts inferred from shapes, with and without known frames; nil if the user is asked.
@Suite struct ArrayLayoutTests {
    private func reading(_ shape: [Int], _ known: KnownFrames? = nil) -> ArrayLayout? {
        try? ArrayLayout.read(shape, file: "x.npy", knowing: known).layout
    }

    private func refusal(_ shape: [Int], _ known: KnownFrames? = nil) -> String {
        let error = #expect(throws: ShardError.self) { try ArrayLayout.read(shape, file: "x.npy", knowing: known) }
        return error?.description ?? ""
    }

    @Test(
        arguments: [
            ([20, 10_000, 64, 64], .framesFirst), ([20, 10_000, 128, 160], .framesFirst),
            ([20, 101, 64, 64], .framesFirst),
            ([1200, 15, 40, 40], .sequencesFirst), ([10_000, 20, 120, 160], .sequencesFirst),
            ([150, 20, 361, 720], .sequencesFirst),
            ([2000, 1, 64, 64], .concatenated), ([12, 6, 11, 10, 6], .sequencesFirst),
            ([1000, 20, 64, 64, 3], .sequencesFirst),
            ([1000, 20, 1, 64, 64], .sequencesFirst), ([12, 6, 16, 16, 1], .sequencesFirst),
        ] as [([Int], ArrayLayout)])
    func shapesThatLeaveNoDoubtAreRead(shape: [Int], layout: ArrayLayout) {
        #expect(reading(shape) == layout)
    }

    @Test(arguments: [
        // Frames last: radar as (sequences, height, width, frames), few and many, of other sides, with channels.
        [1000, 384, 384, 49], [20, 384, 384, 49], [5000, 128, 160, 20], [1000, 64, 64, 20, 1], [1000, 64, 64, 64],
        [1000, 120, 160, 20, 3],
        // Channels last, or before the height, of single frames.
        [5000, 64, 64, 3], [10_000, 64, 64, 1], [1000, 3, 64, 64], [3, 1000, 64, 64], [2, 120, 64, 64],
        // Equal axes, axes of 1, and similar numbers of frames and sequences.
        [20, 20, 64, 64], [300, 300, 8, 8], [1, 200, 64, 64], [5, 20, 64, 64], [101, 99, 64, 64], [5000, 1000, 64, 64],
        // Axes with implausible lengths for pictures.
        [64, 360, 1000, 20], [1000, 20, 64, 4],
        // Five axes of which the first is no longer than the second.
        [5, 200, 40, 40, 3], [20, 10_000, 64, 64, 1], [6, 6, 16, 16, 3], [2000, 1, 64, 64, 3],
    ])
    func shapesOfSeveralReadingsAreAskedAbout(shape: [Int]) {
        let axes = shape.count == 5 ? "NTHWC" : "NTHW"
        #expect(refusal(shape).contains("--axes \(axes) for \(shape[0]) sequence"), "\(shape)")
    }

    @Test(arguments: [[1000, 3, 20, 64, 64], [1000, 20, 3, 64, 64], [1000, 20, 10, 64, 64], [20, 1000, 16, 16, 16]])
    func channelsBeforeHeightAreNotTakenForIt(shape: [Int]) {
        #expect(refusal(shape).contains("numpy.moveaxis(array, -3, -1)"))
    }

    @Test(arguments: [[64, 64], [2000], [], [1, 2, 3, 4, 5, 6], [20, 64, 64]]) func otherNumbersOfAxesAreRefused(
        shape: [Int]
    ) {
        #expect(refusal(shape).contains("reshape it with numpy"))
    }

    @Test(arguments: [[0, 6, 10, 16], [6, 0, 10, 16], [0, 1 << 62, 1 << 62, 8], [0, 20, 64, 64, 3]])
    func emptyArraysHoldNoSequences(shape: [Int]) {
        #expect(refusal(shape).contains("holds no sequences"))
        #expect(refusal(shape, gray).contains("holds no sequences"))
        let error = #expect(throws: ShardError.self) {
            try ArrayPlan(shape: shape, layout: .sequencesFirst, file: "x.npy")
        }
        #expect(error?.description.contains("holds no sequences") == true)
    }

    private let gray = KnownFrames(height: 64, width: 64, channels: 1, atLeast: 10)

    /// Shapes with known frames of 64 x 64 x 1, of which ten are the input.
    @Test(
        arguments: [
            ([20, 64, 64], .concatenated), ([20, 64, 64, 1], .concatenated), ([20, 1, 64, 64], .concatenated),
            ([10_000, 1, 64, 64], .concatenated), ([20, 10_000, 64, 64], .framesFirst),
            ([10_000, 20, 64, 64], .sequencesFirst),
            ([1, 20, 64, 64], .sequencesFirst), ([4, 10, 64, 64], .sequencesFirst),
            ([5, 200, 64, 64], .sequencesFirst),
            ([10, 5, 64, 64], .framesFirst), ([9, 12, 1, 64, 64], .sequencesFirst),
            ([18, 12, 64, 64, 1], .sequencesFirst),
        ] as [([Int], ArrayLayout)])
    func whatIsKnownOfFramesRulesReadingsOut(shape: [Int], layout: ArrayLayout) {
        #expect(reading(shape, gray) == layout)
    }

    @Test(arguments: [
        [20, 10, 64, 64], [12, 12, 64, 64], [20, 3, 64, 64], [64, 64, 64], [64, 64, 64, 1], [1000, 64, 64, 64],
        [12, 18, 64, 64, 1],
    ])
    func whatIsKnownLeavesDoubts(shape: [Int]) {
        #expect(refusal(shape, gray).contains("name what it is: --layout"), "\(shape)")
    }

    @Test func otherFramesAndTooFewAreRefusedWithTheWayOut() {
        #expect(refusal([20, 64, 64, 49], gray).contains("numpy.moveaxis(array, -1, -3)"))
        #expect(refusal([20, 64, 64, 3], gray).contains("give an array of (frames, 64, 64)"))
        #expect(refusal([9, 8, 64, 64], gray).contains("has 9 frames and the model sees 10"))
        let colors = KnownFrames(height: 64, width: 48, channels: 3, atLeast: 1)
        #expect(refusal([20, 3, 64, 48], colors).contains("numpy.moveaxis(array, -3, -1)"))
        #expect(reading([20, 64, 48, 3], colors) == .concatenated)
        #expect(
            refusal([20, 1, 64, 64], KnownFrames(height: 64, width: 64, channels: 1, atLeast: 1)).contains("--layout"))
    }

    @Test func aRowOfFramesIsOneSequenceOrSeveral() throws {
        for (shape, channels) in [([6, 8, 7], 1), ([6, 1, 8, 7], 1), ([6, 8, 7, 3], 3)] {
            let clip = try ArrayPlan(shape: shape, layout: .concatenated, file: "x")
            #expect(
                clip.count == 1 && clip.geometry == SequenceGeometry(frames: 6, height: 8, width: 7, channels: channels)
            )
            #expect(try ArrayPlan(shape: shape, layout: .concatenated, frames: 3, file: "x").count == 2)
        }
    }
}
