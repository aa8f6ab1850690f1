// SSIM as scikit-image computes it by default: uniform 7 x 7 windows, sample covariance, mean over all windows inside the
// frame. The choice: float64 running sums of five moments, which make the cost of a pixel independent of the window.

/// What stands in the way of a metric.
package enum MetricsError: Error, Equatable, CustomStringConvertible {
    case frameTooSmall(height: Int, width: Int)
    case dataRangeNotPositive(Double)

    package var description: String {
        switch self {
        case .frameTooSmall(let height, let width):
            "SSIM compares windows of 7 x 7 pixels, and a frame of \(height) x \(width) holds none: use frames of at least 7 x 7."
        case .dataRangeNotPositive(let range):
            "the data range \(range) is no distance between two pixel values: give a number above 0, such as 1 or 255."
        }
    }
}

/// The mean structural similarity of two frames of shape (H, W, C), averaged over windows and channels; 1 for equal frames.
///
/// `dataRange` R is the distance between the least and the greatest possible pixel. Throws `MetricsError` for frames of
/// fewer than 7 rows or columns. The figure is that of `skimage.metrics.structural_similarity(a, b, data_range=R)` on
/// float64 frames.
///
/// Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment", IEEE TIP 2004, equation 13.
package func structuralSimilarity(
    _ one: Span<Float>, _ other: Span<Float>, height: Int, width: Int, channels: Int = 1, dataRange: Double
) throws(MetricsError) -> Double {
    precondition(one.count == height * width * channels && other.count == one.count, "a frame is H x W x C pixels")
    try checkSimilarityIsDefined(height: height, width: width, dataRange: dataRange)
    var sum = 0.0
    for channel in 0..<channels {
        var columns = [Moments](repeating: .zero, count: width)
        for row in 0..<height {
            add(row, to: &columns, sign: 1)
            if row >= window { add(row - window, to: &columns, sign: -1) }
            if row >= window - 1 { sum += similarityAlongRow(columns, dataRange: dataRange) }
        }

        func add(_ row: Int, to columns: inout [Moments], sign: Double) {
            for column in 0..<width {
                let pixel = (row * width + column) * channels + channel
                columns[column] += sign * moments(Double(one[pixel]), Double(other[pixel]))
            }
        }
    }
    let windows = (height - window + 1) * (width - window + 1)
    return sum / Double(windows * channels)
}

/// Throws where `structuralSimilarity` would.
package func checkSimilarityIsDefined(height: Int, width: Int, dataRange: Double) throws(MetricsError) {
    if min(height, width) < window { throw .frameTooSmall(height: height, width: width) }
    if !(dataRange > 0) { throw .dataRangeNotPositive(dataRange) }
}

/// Rows and columns of a window.
private let window = 7

/// Sums over pixels of x, y, x^2, y^2 and xy, in lanes 0 to 4.
private typealias Moments = SIMD8<Double>

private func moments(_ x: Double, _ y: Double) -> Moments {
    Moments(x, y, x * x, y * y, x * y, 0, 0, 0)
}

/// The sum of the similarities of all windows whose columns sum to `columns`.
private func similarityAlongRow(_ columns: [Moments], dataRange: Double) -> Double {
    var inside = Moments.zero, sum = 0.0
    for column in columns.indices {
        inside += columns[column]
        if column >= window { inside -= columns[column - window] }
        if column >= window - 1 { sum += similarity(inside, dataRange: dataRange) }
    }
    return sum
}

/// (2 mx my + C1) (2 sxy + C2) / ((mx^2 + my^2 + C1) (sx^2 + sy^2 + C2)), C1 = (0.01 R)^2, C2 = (0.03 R)^2.
private func similarity(_ sums: Moments, dataRange: Double) -> Double {
    let pixels = Double(window * window)
    let mean = sums / pixels
    let (x, y) = (mean[0], mean[1])
    let covariance = pixels / (pixels - 1) * (mean - Moments(0, 0, x * x, y * y, x * y, 0, 0, 0))
    let c1 = 0.0001 * dataRange * dataRange, c2 = 0.0009 * dataRange * dataRange
    let alike = (2 * x * y + c1) * (2 * covariance[4] + c2)
    let large = (x * x + y * y + c1) * (covariance[2] + covariance[3] + c2)
    return alike / large
}
