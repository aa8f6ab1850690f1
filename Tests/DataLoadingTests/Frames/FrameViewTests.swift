import Configuration
import DataLoading
import Kernels
import Model
import NetworkTestSupport
import Shards
import Testing

/// Crops, padding and orientations.
@Suite struct FrameViewTests {
    private let data = FeatureShape(height: 4, width: 6, channels: 1)

    /// The pixels of a view of a frame whose pixel (y, x) is 10 y + x.
    private func pixels(_ view: FrameView, of shape: FeatureShape? = nil) -> [Float] {
        let shape = shape ?? data
        let frame = (0..<shape.count).map { Float(10 * ($0 / shape.width) + $0 % shape.width) }
        var seen = [Float](repeating: -1, count: view.height * view.width), span = seen.mutableSpan
        view.copy(SequenceValues(frame), frame: 0, of: shape, into: &span)
        return seen
    }

    @Test func aWindowIsCutOut() {
        var view = FrameView(height: 2, width: 3)
        (view.top, view.left) = (1, 2)
        #expect(pixels(view) == [12, 13, 14, 22, 23, 24])
        view.flipsColumns = true
        #expect(pixels(view) == [14, 13, 12, 24, 23, 22])
        view.flipsRows = true
        #expect(pixels(view) == [24, 23, 22, 14, 13, 12])
    }

    @Test func whatLiesBeyondTheFrameIsMissing() {
        let seen = pixels(FrameView(height: 5, width: 7))
        for y in 0..<5 {
            for x in 0..<7 { #expect(y < 4 && x < 6 ? seen[7 * y + x] == Float(10 * y + x) : seen[7 * y + x].isNaN) }
        }
    }

    @Test func aQuarterTurnBringsRowsToColumns() {
        var view = FrameView(height: 2, width: 2)
        (view.flipsColumns, view.transposes) = (true, true)
        #expect(pixels(view) == [1, 11, 0, 10])
    }

    private func frames(_ change: (inout SequenceDescription) -> Void) -> SequenceDescription {
        var frames = SequenceDescription(inputFrames: 1, outputFrames: 1)
        change(&frames)
        return frames
    }

    /// All eight orientations of a square occur, and each epoch draws anew.
    @Test func orientationsAreDrawnByEpochAndSequence() {
        let square = FeatureShape(height: 4, width: 4, channels: 1)
        let views = FrameViews(
            frames { $0.augmentation = .init(flips: true, quarterTurns: true) }, of: square, seed: 3)
        let values = [Float](repeating: 0, count: 2 * square.count)
        let drawn = (0..<20).map { epoch in
            (0..<10).map { pixels(views.view(of: SequenceID($0, epoch: epoch), SequenceValues(values)), of: square) }
        }
        #expect(Set(drawn.joined()).count == 8 && Set(drawn).count == 20)
        #expect(
            views.view(of: SequenceID(5, epoch: 7), SequenceValues(values))
                == views.view(of: SequenceID(5, epoch: 7), SequenceValues(values))
        )
        #expect(views.view(of: SequenceID(5), SequenceValues(values)).isWhole(square))
    }

    /// Crops lie inside and reach every place; outside of training each sequence has one window, whatever the seed.
    @Test func cropsAreDrawnByEpochAndSequence() {
        let described = frames { $0.crop = .init(height: 2, width: 3) }
        let values = [Float](repeating: 0, count: 2 * data.count), views = FrameViews(described, of: data, seed: 3)
        let corners = (0..<400).map { views.view(of: SequenceID($0 / 20, epoch: $0 % 20), SequenceValues(values)) }
        #expect(Set(corners.map(\.top)) == [0, 1, 2] && Set(corners.map(\.left)) == [0, 1, 2, 3])
        let other = FrameViews(described, of: data, seed: 4)
        let all = (0..<50).map { SequenceID($0) }
        #expect(
            all.map { views.view(of: $0, SequenceValues(values)) }
                == all.map { other.view(of: $0, SequenceValues(values)) })
        let drawn = (0..<50).map { SequenceID($0, epoch: 0) }
        #expect(
            drawn.map { views.view(of: $0, SequenceValues(values)) }
                != drawn.map { other.view(of: $0, SequenceValues(values)) })
    }

    /// With rain in one corner alone, windows that hold it are preferred, and the wettest is taken where none is wet enough.
    @Test func wetWindowsArePreferred() {
        var values = [Float](repeating: 0, count: 2 * data.count)
        values[0] = 5
        values[data.count] = 5
        func share(_ wet: WetDescription?) -> Double {
            let views = FrameViews(frames { $0.crop = .init(height: 2, width: 3, wet: wet) }, of: data, seed: 3)
            let found = (0..<200).map { views.view(of: SequenceID($0, epoch: 0), SequenceValues(values)) }
            return Double(found.count { $0.top == 0 && $0.left == 0 }) / 200
        }
        let any = share(nil)
        #expect(any > 0.03 && any < 0.15)
        for needed in [0.1, 0.9] { #expect(share(.init(above: 5, share: needed, draws: 40)) > 0.9) }
    }

    @Test func viewsThatFramesDoNotAllowAreSaid() throws {
        func refusal(_ change: (inout SequenceDescription) -> Void) -> String {
            do {
                try frames(change).checkViews(of: data, name: "radar")
                return ""
            } catch { return "\(error)" }
        }
        #expect(refusal { $0.crop = .init(height: 5, width: 3) }.contains("smaller window"))
        #expect(refusal { $0.padTo = .init(height: 3, width: 8) }.contains("at least that"))
        #expect(refusal { $0.augmentation = .init(quarterTurns: true) }.contains("square"))
        #expect(
            refusal {
                $0.crop = .init(height: 2, width: 2)
                $0.padTo = .init(height: 8, width: 8)
            }.contains("both"))
        #expect(
            refusal {
                $0.crop = .init(height: 2, width: 2)
                $0.augmentation = .init(quarterTurns: true)
            }.isEmpty)
    }
}
