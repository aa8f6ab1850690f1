// Errors of a predicted frame, pixel by pixel. The choice: sums in float64, from which every convention of published
// tables follows (mean per pixel, or sum over a frame's pixels).
import Foundation

/// Returns the sum of squared differences of two spans of equally many pixels.
package func squaredErrorSum(_ prediction: Span<Float>, _ truth: Span<Float>) -> Double {
    sumOverPixels(of: prediction, and: truth) { $0 * $0 }
}

/// Returns the sum of absolute differences of two spans of equally many pixels.
package func absoluteErrorSum(_ prediction: Span<Float>, _ truth: Span<Float>) -> Double {
    sumOverPixels(of: prediction, and: truth) { abs($0) }
}

/// Returns PSNR = 10 log10(R^2 / MSE) in decibels; infinite for identical frames.
///
/// `meanSquaredError` is per pixel; `dataRange` is R, the distance between the smallest and the largest possible pixel
/// value.
package func peakSignalToNoiseRatio(meanSquaredError: Double, dataRange: Double) -> Double {
    10 * log10(dataRange * dataRange / meanSquaredError)
}

private func sumOverPixels(of one: Span<Float>, and other: Span<Float>, _ term: (Double) -> Double) -> Double {
    precondition(one.count == other.count, "runs of \(one.count) and \(other.count) pixels cannot be compared")
    var sum = 0.0
    for pixel in one.indices { sum += term(Double(one[pixel]) - Double(other[pixel])) }
    return sum
}
