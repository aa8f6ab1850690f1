// Forecasts as pictures: a strip of all frames, and an animation. The choice: each known frame has its SSIM and MSE beside it, by
// the convention of the system, so that a picture says how good what it shows is.

import DataLoading
import Formats
import Foundation
import Model
import Reports

/// How forecasts are drawn.
package struct ForecastPictures: Sendable {
    /// What forecasts, for titles.
    private let title: String

    private let colors: ColorScale

    /// The raw values that metrics scale to 0 and 1.
    private let values: ClosedRange<Float>

    private let convention: MetricConvention

    /// Whether animations are written too.
    private let areAnimated: Bool

    package init(
        title: String, colors: ColorScale, values: ClosedRange<Float>, convention: MetricConvention, areAnimated: Bool
    ) {
        (self.title, self.colors, self.values) = (title, colors, values)
        (self.convention, self.areAnimated) = (convention, areAnimated)
    }

    /// The milliseconds for which a frame of an animation is shown.
    private static let milliseconds = 250

    /// Writes the pictures of one forecast into a folder, and returns their names.
    ///
    /// - Parameters:
    ///   - end: what their names end in.
    ///   - title: which of several forecasts it is.
    func write(
        _ prediction: Prediction, frame: FeatureShape, to folder: String, end: String, title: String?
    ) throws -> [String] {
        let strip = strip(prediction, frame: frame, title: title)
        try PNGFile.write(strip.picture(), to: "\(folder)/strip\(end)")
        guard areAnimated else { return ["strip\(end)"] }
        try APNGFile.write(
            strip.animation(), milliseconds: Self.milliseconds, to: "\(folder)/animation\(end)")
        return ["animation\(end)", "strip\(end)"]
    }

    private func strip(_ prediction: Prediction, frame: FeatureShape, title: String?) -> PredictionStrip {
        var strip = PredictionStrip(
            input: prediction.input, truth: prediction.truth, prediction: prediction.forecast, height: frame.height,
            width: frame.width, channels: frame.channels, scale: colors)
        strip.title = ([self.title] + (title.map { [$0] } ?? [])).joined(separator: ", ")
        if let truth = prediction.truth { strip.scores = scores(of: prediction.forecast, truth, frame) }
        return strip
    }

    /// The SSIM and the MSE of each known frame; nothing for frames that are too small for SSIM.
    private func scores(
        of forecast: [Float], _ truth: [Float], _ frame: FeatureShape
    ) -> [(name: String, values: [String])] {
        let frames = truth.count / frame.count, unit = ValueScale(values, maxValue: 1)
        guard
            var metrics = try? FrameMetrics(
                frames: frames, height: frame.height, width: frame.width, channels: frame.channels,
                convention: convention),
            (try? metrics.add(
                prediction: Array(forecast.prefix(truth.count)).scaled(by: unit).span,
                truth: truth.scaled(by: unit).span)) != nil
        else { return [] }
        let each = (0..<frames).map { metrics[$0] }
        return [
            ("SSIM", each.map { Self.short($0.structuralSimilarity) }),
            ("MSE", each.map { Self.short($0.squaredErrorPerFrame) }),
        ]
    }

    private static func short(_ number: Double) -> String {
        number.isFinite ? String(format: abs(number) < 10 ? "%.2f" : "%.0f", number) : "-"
    }
}

extension [Float] {
    /// The values as metrics see them.
    package func scaled(by scale: ValueScale) -> [Float] {
        var values = [Float](repeating: 0, count: count), span = values.mutableSpan
        scale.scaleTarget(self.span, into: &span)
        return values
    }
}
