import Formats
import Reports
import Testing

/// A strip of 2 input and 3 predicted frames of 8 x 8, magnified twice; frame t of the truth is t / 4 everywhere.
private func strip(withTruth: Bool = true, error: Float = 0) -> PredictionStrip {
    func frames(_ levels: [Float]) -> [Float] { levels.flatMap { [Float](repeating: $0, count: 64) } }
    let future = frames([0.5, 0.75, 1])
    return PredictionStrip(
        input: frames([0, 0.25]), truth: withTruth ? future : nil, prediction: future.map { $0 + error },
        height: 8, width: 8, scale: .gray(0...1), side: 16)
}

extension Picture {
    /// The red, green and blue values of a pixel.
    fileprivate func color(_ x: Int, _ y: Int) -> [UInt8] {
        let pixel = (y * width + x) * 3
        return Array(pixels[pixel..<pixel + 3])
    }
}

@Suite struct PredictionStripTests {
    // The layout at this size: names end at 4 + 98 + 8 = 110; columns are 16 + 4 wide; numbers take 14 + 4 rows, and
    // frames 16 + 4.
    private let columns = [110, 130, 150]
    private let paper: [UInt8] = [228, 228, 228]
    private let inputTop = 22, truthTop = 60, predictionTop = 80, errorTop = 100

    @Test func framesStandWhereTheirRowAndColumnSay() {
        let picture = strip().picture()
        #expect(picture.width == 170 && picture.height == 120 && picture.channels == 3)
        #expect(picture.pixels.count == 170 * 120 * 3)
        #expect(picture.color(columns[0], inputTop) == [0, 0, 0])
        #expect(picture.color(columns[1] + 15, inputTop + 15) == [64, 64, 64])
        #expect(picture.color(columns[2], inputTop) == paper)
        for (column, level) in zip(columns, [128, 191, 255] as [UInt8]) {
            #expect(picture.color(column, truthTop) == [level, level, level])
            #expect(picture.color(column + 15, predictionTop + 15) == [level, level, level])
        }
        #expect(picture.color(columns[0] + 16, truthTop) == paper)
    }

    @Test func errorsAreRedWhereTooBrightAndBlueWhereTooDark() {
        #expect(strip().picture().color(columns[0], errorTop) == [255, 255, 255])
        let bright = strip(error: 0.3).picture().color(columns[0], errorTop)
        let dark = strip(error: -0.3).picture().color(columns[0], errorTop)
        #expect(bright[0] > bright[2] && bright[2] < 255)
        #expect(dark[2] > dark[0] && dark[0] < 255)
        #expect(strip(error: 5).picture().color(columns[0], errorTop) == [178, 16, 32])
    }

    @Test func beyondTheKnownFramesThereIsPredictionAlone() {
        let frame = [Float](repeating: 0.5, count: 64)
        let picture = PredictionStrip(
            input: frame, truth: frame, prediction: frame + frame + frame, height: 8, width: 8, scale: .gray(0...1),
            side: 16
        ).picture()
        // The row of predictions now has its own numbers, which move it and the errors down by 18.
        #expect(picture.width == 170 && picture.height == 138)
        #expect(picture.color(columns[0], truthTop) == [128, 128, 128])
        #expect(picture.color(columns[1], truthTop) == paper)
        #expect(picture.color(columns[2], predictionTop + 18) == [128, 128, 128])
        #expect(picture.color(columns[0], errorTop + 18) == [255, 255, 255])
        #expect(picture.color(columns[1], errorTop + 18) == paper)
    }

    @Test func rowsAndFramesCarryTheirNames() {
        let picture = strip().picture()
        func isInked(_ xs: Range<Int>, _ ys: Range<Int>) -> Bool {
            ys.contains { y in xs.contains { picture.color($0, y) == [70, 70, 70] } }
        }
        for top in [inputTop, truthTop, predictionTop, errorTop] { #expect(isInked(4..<102, top..<top + 14)) }
        for column in columns.prefix(2) { #expect(isInked(column..<column + 16, 4..<18)) }
        for column in columns { #expect(isInked(column..<column + 16, 42..<56)) }
        #expect(!isInked(columns[2]..<columns[2] + 16, 4..<18))
    }

    @Test func withoutTruthThereIsNoErrorEither() {
        let picture = strip(withTruth: false).picture()
        #expect(picture.height == 80)
        #expect(picture.color(columns[2], truthTop) == [255, 255, 255])
        #expect(picture.color(columns[0], truthTop) == [128, 128, 128])
    }

    @Test func threeChannelsAreColorsAndWhatIsNoNumberIsBlack() {
        var input = [Float](repeating: 0, count: 64 * 3)
        input[0] = 1
        input[4] = .nan
        let picture = PredictionStrip(
            input: input, truth: nil, prediction: [], height: 8, width: 8, channels: 3, scale: .gray(0...1), side: 16
        ).picture()
        #expect(picture.color(columns[0] + 1, inputTop + 1) == [255, 0, 0])
        #expect(picture.color(columns[0] + 2, inputTop) == [0, 0, 0])
    }

    /// Rain has the colors of its steps, a missing pixel its own gray, and both stand in the legend below.
    @Test func rainIsInColorsWithALegend() {
        let steps: [Float] = [0, 0.1, 0.7, 3, 40, .nan, 60, 0.05]
        let input = (0..<64).map { steps[$0 % 8] }
        let picture = PredictionStrip(
            input: input, truth: input, prediction: input, height: 8, width: 8,
            scale: ColorScale(unit: "mm/h", range: 0...60), side: 16
        ).picture()
        let seen = (0..<8).map { picture.color(columns[0] + 2 * $0, inputTop) }
        #expect(
            Set(seen).count == 7 && seen[0] == [255, 255, 255] && seen[7] == seen[0] && seen[5] == [176, 176, 176])
        let bottom = (0..<picture.width).map { picture.color($0, picture.height - 8) }
        for color in seen[1...6] { #expect(bottom.contains(color), "\(color)") }
        #expect(picture.color(columns[0] + 10, errorTop) == [176, 176, 176])
        #expect(picture.color(columns[0] + 8, errorTop) == [255, 255, 255])
    }

    @Test func largeFramesAreDrawnSmaller() {
        let frame = [Float](repeating: 0.5, count: 900 * 1000)
        let picture = PredictionStrip(
            input: frame, truth: nil, prediction: [], height: 900, width: 1000, scale: .gray(0...1)
        ).picture()
        #expect(picture.width == 110 + 334 + 4 && picture.height < 700)
        #expect(picture.color(columns[0] + 333, inputTop + 299) == [128, 128, 128])
    }

    /// A title and scores take rows of their own, and move nothing else.
    @Test func titleAndScoresStandAboveAndBelow() {
        var titled = strip()
        titled.title = "small, step 3"
        titled.scores = [("SSIM", ["1", "1", "1"]), ("MSE", ["0.25", "a number too long", "1"])]
        let (plain, picture) = (strip().picture(), titled.picture())
        #expect(picture.height == plain.height + 22 + 2 * 18)
        #expect(picture.color(columns[1], truthTop + 22) == plain.color(columns[1], truthTop))
        func isInked(_ xs: Range<Int>, _ ys: Range<Int>) -> Bool {
            ys.contains { y in xs.contains { picture.color($0, y) == [70, 70, 70] } }
        }
        #expect(isInked(4..<60, 4..<18) && isInked(columns[0]..<columns[0] + 16, 142..<156))
        #expect(!isInked(columns[1]..<columns[1] + 16, 160..<174), "what does not fit is left out")
    }

    /// An animation has a picture for each frame, which differ where the frames do.
    @Test func anAnimationShowsEachFrame() {
        let frames = Array(strip(error: 0.2).animation())
        #expect(frames.count == 5 && Set(frames.map(\.width)).count == 1)
        // Panels of 256 pixels: truth, forecast, error, from the third row of text on.
        let levels = frames.map { $0.color(20, 60)[0] }
        #expect(levels == [0, 64, 128, 191, 255])
        #expect(frames[1].color(8 + 2 * 264 + 20, 60) == paper && frames[2].color(8 + 2 * 264 + 20, 60) != paper)
    }

    @Test func theFontHasWhatTitlesAreMadeOf() {
        for character in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+:,=%()/." {
            #expect(!BitmapFont.pixels(of: String(character)).isEmpty, "\(character)")
        }
    }
}
