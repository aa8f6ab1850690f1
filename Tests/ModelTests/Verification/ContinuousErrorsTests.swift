import Model
import Testing

@Suite struct ContinuousErrorsTests {
    private func errors(_ fields: ReferenceFields, weights: LossWeights? = nil) -> ContinuousErrors {
        fields.scores(ScoreRequest(thresholds: [5], weights: weights)).errors
    }

    @Test func errorsAreMeansOverPixels() {
        let errors = errors(ReferenceFields())
        #expect(errors.meanError == -0.125 && errors.meanAbsoluteError(ofFrames: false) == 3.5625)
        #expect(errors.meanSquaredError(ofFrames: false) == 18.53125)
        #expect(isRounded(errors.rootMeanSquaredError, 4.304794) && errors.pixels == 64 && errors.frames == 1)
        #expect(errors.meanSquaredError(ofFrames: true) == 18.53125 * 64)
    }

    /// The fields in tenths as HKO-7's pixels, with a pixel masked, and its thresholds of 2, 5, 10 and 30 mm/h.
    @Test func balancedErrorsAreThoseOfHKO7() {
        var fields = ReferenceFields(hasHole: true)
        (fields.truth, fields.forecast) = (fields.truth.map { $0 / 10 }, fields.forecast.map { $0 / 10 })
        let weights = LossWeights(
            thresholds: [0.462426, 0.551110, 0.618197, 0.724527], values: [1, 2, 5, 10, 30])
        let errors = errors(fields, weights: weights)
        #expect(isRounded(errors.balancedSquaredError(ofFrames: true), 160.76, decimals: 1e-2))
        #expect(isRounded(errors.balancedAbsoluteError(ofFrames: true), 265.4, decimals: 1e-1))
        #expect(isRounded(errors.meanSquaredError(ofFrames: true), 11.7, decimals: 1e-1))
        #expect(isRounded(errors.balancedSquaredError(ofFrames: false), 160.76 / 63, decimals: 1e-3))
        #expect(errors.pixels == 63)
    }

    /// HKO-7's pixels p are dBZ = 70 p - 10.
    @Test func weightsFollowTheUnit() throws {
        let reflectivity = try #require(LossWeights.hko7(unit: "dBZ", timeStep: nil))
        for (threshold, pixel) in zip(reflectivity.thresholds, [0.462426, 0.551110, 0.618197, 0.724527]) {
            #expect(isRounded((threshold + 10) / 70, pixel))
        }
        let inFiveMinutes = [2, 5, 10, 30].map { $0 * 300.0 / 3600 }
        #expect(LossWeights.hko7(unit: "mm", timeStep: 300)?.thresholds == inFiveMinutes)
        #expect(LossWeights.hko7(unit: "mm/h", timeStep: nil) == .hko7)
        #expect(LossWeights.hko7(unit: "mm", timeStep: nil) == nil)
        #expect(LossWeights.hko7(unit: "K", timeStep: 300) == nil)
        #expect(LossWeights.hko7(unit: nil, timeStep: 300) == nil)
    }

    @Test func framesWithoutPixelsHaveNoMean() {
        var fields = ReferenceFields()
        fields.truth = fields.truth.map { _ in .nan }
        let errors = errors(fields, weights: .hko7)
        #expect(errors.meanError == nil && errors.meanAbsoluteError(ofFrames: false) == nil)
        #expect(errors.rootMeanSquaredError == nil && errors.balancedSquaredError(ofFrames: false) == nil)
        // A sum over no pixel is a sum.
        #expect(errors.balancedSquaredError(ofFrames: true) == 0)
    }
}
