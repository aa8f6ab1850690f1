// Errors of forecasts in the unit of the data. The choice: each frame is summed in the order of its pixels, and the sums
// of frames exactly, so that the result does not depend on who computed which.

/// The errors x - y of forecasts x of the truth y, over pixels in which both have a value.
package struct ContinuousErrors: Equatable, Sendable {
    /// The number of frames, and of their pixels that counted.
    package private(set) var frames = 0, pixels = 0

    private var errors = ExactSum(), magnitudes = ExactSum(), squares = ExactSum()
    private var weightedMagnitudes = ExactSum(), weightedSquares = ExactSum()

    package init() {}

    /// Adds a frame.
    mutating func add(_ forecast: Span<Float>, _ truth: Span<Float>, weights: LossWeights?) {
        var (error, magnitude, square, weightedMagnitude, weightedSquare) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for pixel in forecast.indices {
            let x = forecast[pixel], y = truth[pixel]
            guard x == x && y == y else { continue }
            let d = Double(x) - Double(y), weight = weights?.weight(of: Double(y)) ?? 0
            pixels += 1
            error += d
            magnitude += abs(d)
            square += d * d
            weightedMagnitude += weight * abs(d)
            weightedSquare += weight * d * d
        }
        frames += 1
        errors.add(error)
        magnitudes.add(magnitude)
        squares.add(square)
        weightedMagnitudes.add(weightedMagnitude)
        weightedSquares.add(weightedSquare)
    }

    /// The mean error, sum (x - y) / pixels.
    package var meanError: Double? { overPixels(errors) }

    /// The root of the mean squared error.
    package var rootMeanSquaredError: Double? { overPixels(squares)?.squareRoot() }

    /// The absolute and squared errors: means over pixels, or each frame's sum, averaged over frames.
    package func meanAbsoluteError(ofFrames: Bool) -> Double? { mean(magnitudes, ofFrames) }
    package func meanSquaredError(ofFrames: Bool) -> Double? { mean(squares, ofFrames) }

    /// The same with each pixel's weight: B-MAE and B-MSE of HKO-7.
    package func balancedAbsoluteError(ofFrames: Bool) -> Double? { mean(weightedMagnitudes, ofFrames) }
    package func balancedSquaredError(ofFrames: Bool) -> Double? { mean(weightedSquares, ofFrames) }

    private func mean(_ sum: ExactSum, _ ofFrames: Bool) -> Double? {
        ofFrames && frames > 0 ? sum.value / Double(frames) : overPixels(sum)
    }

    private func overPixels(_ sum: ExactSum) -> Double? { pixels == 0 ? nil : sum.value / Double(pixels) }
}

extension ContinuousErrors: Summable {
    private var exact: [ExactSum] { [errors, magnitudes, squares, weightedMagnitudes, weightedSquares] }

    package var sums: [Double] { [Double(frames), Double(pixels)] + exact.sums }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        (frames, pixels) = (Int(sums.removeFirst()), Int(sums.removeFirst()))
        errors.take(&sums)
        magnitudes.take(&sums)
        squares.take(&sums)
        weightedMagnitudes.take(&sums)
        weightedSquares.take(&sums)
    }
}
