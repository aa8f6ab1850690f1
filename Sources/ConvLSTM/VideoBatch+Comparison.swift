// How good a forecast is, and the baseline that it has to beat. The choice: these two alone, since everything else is a loop
// over `values`.

extension VideoBatch {
    /// Returns persistence, the forecast that nothing changes: the last frame of every sequence, repeated.
    ///
    /// - Parameter count: the number of frames to forecast.
    /// - Returns: a batch of the shape (N, `count`, H, W, C).
    /// - Throws: ``ConvLSTMError`` if `count` is below 1 or above 100,000.
    public func lastFrame(repeated count: Int) throws(ConvLSTMError) -> VideoBatch {
        try Self.checkForecast(frames: count)
        let last = try frames(frameCount - 1..<frameCount), size = last.values.count / sequenceCount
        let repeated = (0..<sequenceCount).flatMap { sequence in
            (0..<count).flatMap { _ in last.values[sequence * size..<(sequence + 1) * size] }
        }
        return VideoBatch(repeated, sequences: sequenceCount, frames: count, frame: frame)
    }

    /// Returns the mean squared error (MSE) of a forecast: the mean over all values of the squared difference.
    ///
    /// - Parameter truth: the frames that came, in a batch of the same shape.
    /// - Throws: ``ConvLSTMError`` if the shapes differ.
    public func meanSquaredError(to truth: VideoBatch) throws(ConvLSTMError) -> Double {
        guard shape == truth.shape else {
            throw ConvLSTMError(
                "batches of shape \(shape) and \(truth.shape) cannot be compared; give two of one shape")
        }
        let sum = values.indices.reduce(0.0) { sum, i in
            let difference = Double(values[i]) - Double(truth.values[i])
            return sum + difference * difference
        }
        return sum / Double(values.count)
    }

    /// The largest number of frames of a forecast.
    private static let mostFrames = 100_000

    /// Throws unless so many frames can be forecast.
    static func checkForecast(frames: Int) throws(ConvLSTMError) {
        guard (1...mostFrames).contains(frames) else {
            throw ConvLSTMError("a forecast of \(frames) frames is none; forecast 1 to \(mostFrames)")
        }
    }
}
