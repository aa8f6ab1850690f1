// SSIM with the defaults of scikit-image: uniform 7 x 7 windows, sample covariance, mean over all windows inside the
// frame. The choice: float64 running sums of five moments, so that the cost per pixel is independent of the window
// size.

import Kernels

/// The reason why a metric cannot be computed.
package enum MetricsError: Error, Equatable, CustomStringConvertible {
    case frameTooSmall(height: Int, width: Int)

    package var description: String {
        switch self {
        case .frameTooSmall(let height, let width):
            "SSIM compares windows of 7 x 7 pixels, and a frame of \(height) x \(width) holds none: "
                + "use frames of at least 7 x 7."
        }
    }
}

/// Returns the structural similarity of two frames of shape (H, W, C), averaged over windows and channels; it is 1 for
/// equal frames.
///
/// `dataRange` R > 0 is the distance between the smallest and the largest possible pixel value. Throws `MetricsError`
/// for frames of fewer than 7 rows or columns. In `Double` the result is that of scikit-image's
/// `structural_similarity(a, b, data_range=R)` on float64 frames or on bytes; in `Float` it is that on float32 frames,
/// where every intermediate array is rounded.
///
/// Source: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment", IEEE TIP 2004, equation 13.
package func structuralSimilarity<Real: Scalar>(
    _ one: Span<Float>, _ other: Span<Float>, height: Int, width: Int, channels: Int = 1, dataRange: Double,
    in type: Real.Type
) throws(MetricsError) -> Double {
    let windows = try similarityOfWindows(
        one, other, nil, height: height, width: width, channels: channels, dataRange: dataRange, in: type)
    return windows.sum / Double(windows.count)
}

/// Returns the sum of the similarities of the windows without a missing pixel, and their number.
@specialized(where Real == Float)
@specialized(where Real == Double)
func similarityOfWindows<Real: Scalar>(
    _ one: Span<Float>, _ other: Span<Float>, _ missing: MissingPixels?, height: Int, width: Int, channels: Int,
    dataRange: Double, in type: Real.Type
) throws(MetricsError) -> (sum: Double, count: Int) {
    precondition(one.count == height * width * channels && other.count == one.count, "a frame is H x W x C pixels")
    precondition(dataRange > 0, "\(dataRange) is no distance between two pixel values")
    try checkSimilarityIsDefined(height: height, width: width)
    var sum = 0.0, count = 0
    for channel in 0..<channels {
        var columns = [Moments](repeating: .zero, count: width)
        for row in 0..<height {
            add(row, to: &columns, sign: 1)
            if row >= window { add(row - window, to: &columns, sign: -1) }
            if row >= window - 1 {
                let along = similarityAlongRow(columns, dataRange: dataRange, in: type)
                sum += along.sum
                count += along.count
            }
        }

        func add(_ row: Int, to columns: inout [Moments], sign: Double) {
            for column in 0..<width {
                let pixel = (row * width + column) * channels + channel
                let isMissing = missing?[pixel] ?? false
                columns[column] += sign * (isMissing ? absence : moments(Real(one[pixel]), Real(other[pixel])))
            }
        }
    }
    return (sum, count)
}

/// Throws if `structuralSimilarity` would throw.
package func checkSimilarityIsDefined(height: Int, width: Int) throws(MetricsError) {
    if min(height, width) < window { throw .frameTooSmall(height: height, width: width) }
}

/// The number of rows and columns of a window.
private let window = 7

/// The sums over pixels of x, y, x^2, y^2 and xy, in lanes 0 to 4, and the number of missing ones in lane 5.
private typealias Moments = SIMD8<Double>

/// What a missing pixel adds.
private let absence = Moments(0, 0, 0, 0, 0, 1, 0, 0)

private func moments<Real: Scalar>(_ x: Real, _ y: Real) -> Moments {
    Moments(Double(x), Double(y), Double(x * x), Double(y * y), Double(x * y), 0, 0, 0)
}

/// Returns the sum of the similarities of all windows whose columns sum to `columns`, and their number.
private func similarityAlongRow<Real: Scalar>(
    _ columns: [Moments], dataRange: Double, in type: Real.Type
) -> (sum: Double, count: Int) {
    let means = columns.map { Moments(mean($0, in: type)) }
    var inside = Moments.zero, sum = 0.0, count = 0
    for column in means.indices {
        inside += means[column]
        if column >= window { inside -= means[column - window] }
        // One missing pixel is a seventh, next to which what rounding leaves behind is nothing.
        if column >= window - 1 && inside[5] < 0.1 {
            sum += Double(similarity(mean(inside, in: type), dataRange: dataRange))
            count += 1
        }
    }
    return (sum, count)
}

/// Returns the mean over one side of a window, given the sums.
private func mean<Real: Scalar>(_ sums: Moments, in type: Real.Type) -> SIMD8<Real> {
    SIMD8<Real>(sums / Double(window))
}

/// Returns (2 mx my + C1) (2 sxy + C2) / ((mx^2 + my^2 + C1) (sx^2 + sy^2 + C2)), C1 = (0.01 R)^2, C2 = (0.03 R)^2.
private func similarity<Real: Scalar>(_ mean: SIMD8<Real>, dataRange: Double) -> Real {
    let pixels = Double(window * window), sample = Real(pixels / (pixels - 1))
    let x = mean[0], y = mean[1]
    let xx = sample * (mean[2] - x * x), yy = sample * (mean[3] - y * y), xy = sample * (mean[4] - x * y)
    let c1 = Real(0.0001 * dataRange * dataRange), c2 = Real(0.0009 * dataRange * dataRange)
    let upper: Real = (2 * x * y + c1) * (2 * xy + c2)
    let lower: Real = (x * x + y * y + c1) * (xx + yy + c2)
    return upper / lower
}
