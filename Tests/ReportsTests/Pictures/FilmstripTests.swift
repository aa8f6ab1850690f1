import Formats
import Reports
import Testing

/// The frames of a sequence side by side.
@Suite struct FilmstripTests {
    @Test func grayIsBrightnessOverTheRange() {
        let strip = ColorScale(unit: nil, range: 0...255).filmstrip(
            of: [0, 255, 1, 254, .nan, 127, 3, 300], frames: 2, height: 2, width: 2, channels: 1)
        #expect((strip.width, strip.height, strip.channels) == (5, 2, 1))
        #expect(strip.pixels == [0, 255, 128, 176, 127, 1, 254, 128, 3, 255])
    }

    /// Rain has the colors that forecasts have, and what is missing that of no rain.
    @Test func rainIsInColors() {
        let strip = ColorScale(unit: "mm/h", range: 0...60).filmstrip(
            of: [0, 0.2, 40, .nan], frames: 1, height: 2, width: 2, channels: 1)
        let colors = (0..<4).map { Array(strip.pixels[3 * $0..<3 * $0 + 3]) }
        #expect(strip.channels == 3 && colors[0] == [255, 255, 255] && colors[3] == [176, 176, 176])
        #expect(Set(colors).count == 4 && colors[2][0] > colors[2][2] && colors[1][2] > colors[1][0])
    }

    @Test func threeChannelsAreColors() {
        let strip = ColorScale(unit: nil, range: 0...1).filmstrip(
            of: [1, 0, 0.5, 0, .nan, 0], frames: 1, height: 1, width: 2, channels: 3)
        #expect(strip.channels == 3 && strip.pixels == [255, 0, 128, 176, 176, 176])
    }

    @Test func rainHasThresholds() {
        #expect(ColorScale(unit: "mm/h", range: 0...1).thresholds?.prefix(3) == [0.1, 0.5, 1])
        #expect(ColorScale(unit: "K", range: 0...1).thresholds == nil)
    }
}
