// The frames over which a network runs, derived from its description and the user's request.

/// The frames that a network reads and those that it outputs.
package struct Unrolling: Sendable, Equatable {
    /// The number of given frames.
    package let inputFrames: Int

    /// The number of frames that the network outputs.
    package let outputFrames: Int

    /// The offset of the outputs: output k predicts frame `forecastOffset` + k of the sequence, counted from the first
    /// input.
    package let forecastOffset: Int

    package init(inputFrames: Int, outputFrames: Int, forecastOffset: Int) {
        (self.inputFrames, self.outputFrames, self.forecastOffset) = (inputFrames, outputFrames, forecastOffset)
    }

    /// Creates the shortest unrolling that predicts the `frames` frames after `inputFrames` given ones.
    ///
    /// Without a forecaster there is one output per input, and the first outputs predict frames that are given.
    package init<S>(_ network: Network<S>, inputFrames: Int, forecasting frames: Int, forecastOffset: Int) {
        let outputs = network.hasForecaster ? frames : max(inputFrames, inputFrames + frames - forecastOffset)
        self.init(
            inputFrames: inputFrames, outputFrames: outputs,
            forecastOffset: network.hasForecaster ? inputFrames : forecastOffset)
    }

    /// The range of outputs that predict frames after the input.
    package var forecasts: Range<Int> { max(0, inputFrames - forecastOffset)..<outputFrames }
}

extension Network {
    /// Throws a `ModelError` for an unrolling that this network does not support.
    package func check(_ unrolling: Unrolling) throws(ModelError) {
        let (seen, given, forecastOffset) = (unrolling.inputFrames, unrolling.outputFrames, unrolling.forecastOffset)
        guard seen > 0, given > 0, forecastOffset > 0 else {
            throw ModelError(
                "\(seen) input frames, \(given) output frames, the first of them number \(forecastOffset); all must be positive"
            )
        }
        guard forecastOffset <= seen else {
            throw ModelError(
                "the first output is frame \(forecastOffset) of the sequence and only \(seen) are seen; it may be at most \(seen)"
            )
        }
        if hasForecaster {
            guard forecastOffset == seen else {
                throw ModelError(
                    "this network has a forecaster, whose first output is the frame after the \(seen) that it sees, "
                        + "not frame \(forecastOffset); leave forecastOffset out")
            }
            guard description.forecasterInput != .previousFrame || seen > 1 else {
                throw ModelError(
                    "the forecaster reads the last input frame and the encoder those before it; give at least 2")
            }
        } else if given < seen {
            throw ModelError("this network gives one output frame per input frame: \(seen) to \(given) is not possible")
        }
    }

    /// Returns the number of frames that the network reads, including its own outputs.
    func framesRead(_ unrolling: Unrolling) -> Int {
        if !hasForecaster { return unrolling.outputFrames }
        let fed = description.forecasterInput == .previousFrame ? unrolling.outputFrames - 1 : 0
        return unrolling.inputFrames + fed
    }

    /// Returns the number of time steps over which the layers of an axis run.
    func steps(_ axis: Axis, _ unrolling: Unrolling) -> Int {
        guard axis == .input && hasForecaster else { return unrolling.outputFrames }
        return unrolling.inputFrames - (description.forecasterInput == .previousFrame ? 1 : 0)
    }
}
