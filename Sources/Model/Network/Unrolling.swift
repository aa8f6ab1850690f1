// Over which frames a network runs, worked out from what its description says and what a person wants of it.

/// The frames that a network sees, and those that it gives.
package struct Unrolling: Sendable, Equatable {
    /// Frames that are given.
    package let inputFrames: Int

    /// Frames that the network gives.
    package let outputFrames: Int

    /// Output k stands for frame lead + k of the sequence, counted from the first input.
    package let forecastOffset: Int

    package init(inputFrames: Int, outputFrames: Int, forecastOffset: Int) {
        (self.inputFrames, self.outputFrames, self.forecastOffset) = (inputFrames, outputFrames, forecastOffset)
    }

    /// The shortest one that gives the `frames` frames after `inputFrames` given ones.
    ///
    /// Without a forecaster there is an output for each input, of which the first ones stand for frames that are known.
    package init<S>(_ network: Network<S>, inputFrames: Int, forecasting frames: Int, forecastOffset: Int) {
        let outputs = network.hasForecaster ? frames : max(inputFrames, inputFrames + frames - forecastOffset)
        self.init(
            inputFrames: inputFrames, outputFrames: outputs,
            forecastOffset: network.hasForecaster ? inputFrames : forecastOffset)
    }

    /// The outputs that stand for frames after the input.
    package var forecasts: Range<Int> { max(0, inputFrames - forecastOffset)..<outputFrames }
}

extension Network {
    /// Throws a `ModelError` about an unrolling that this network does not have.
    func check(_ unrolling: Unrolling) throws(ModelError) {
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

    /// Frames that the network reads, those that are its own outputs included.
    func framesRead(_ unrolling: Unrolling) -> Int {
        if !hasForecaster { return unrolling.outputFrames }
        let fed = description.forecasterInput == .previousFrame ? unrolling.outputFrames - 1 : 0
        return unrolling.inputFrames + fed
    }

    /// The steps over which the layers of an axis run.
    func steps(_ axis: Axis, _ unrolling: Unrolling) -> Int {
        guard axis == .input && hasForecaster else { return unrolling.outputFrames }
        return unrolling.inputFrames - (description.forecasterInput == .previousFrame ? 1 : 0)
    }
}
