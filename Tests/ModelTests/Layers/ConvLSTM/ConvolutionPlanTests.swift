import Model
import Testing

/// Which way layers are convolved, and what that is said to cost.
@Suite struct ConvolutionPlanTests {
    private func shape(
        _ side: Int, kernel: Int = 3, _ inputs: Int, _ hidden: Int, carriesHidden: Bool = true
    ) -> GateConvolutionShape {
        GateConvolutionShape(
            height: side, width: side, kernel: kernel, inputChannels: inputs, hidden: hidden,
            carriesHidden: carriesHidden)
    }

    @Test func whatDoesNotPayIsPlain() {
        for it in [shape(4, 1, 2), shape(6, kernel: 5, 1, 1), shape(1, 64, 64), shape(2, kernel: 5, 64, 64)] {
            #expect(ConvolutionPlan(it).way == .plain, "\(it)")
        }
        for kernel in [1, 7] {
            let plan = ConvolutionPlan(shape(32, kernel: kernel, 64, 64), .filtering)
            #expect(plan.way == .plain && plan.filtering == nil)
        }
    }

    @Test func aWayMayBeForced() {
        let wide = shape(16, kernel: 5, 64, 64), narrow = shape(4, 1, 2)
        #expect(ConvolutionPlan(wide, .plain).way == .plain && ConvolutionPlan(narrow, .filtering).way == .filtering)
        #expect(ConvolutionPlan(wide).way == .filtering && ConvolutionPlan(narrow).way == .plain)
    }

    /// The same shape has the same plan in every network, and another shape another cost.
    @Test func thePlanIsAFunctionOfTheShape() throws {
        let layer = StageDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 24, kernel: 5)))
        let readout = StageDescription("out", .convolution(ConvolutionDescription(filters: 3, kernel: 1)))
        let description = NetworkDescription(encoder: [layer], readout: [readout])
        let unrolling = Unrolling(inputFrames: 5, outputFrames: 5, lead: 1)
        let plans = try (0..<2).map { _ in
            try Network<Float>(description, frame: FeatureShape(height: 9, width: 9, channels: 3))
                .convolutionPlans(unrolling)[0]
        }
        let expected = ConvolutionPlan(shape(9, kernel: 5, 3, 24))
        #expect(plans.allSatisfy { $0.stage == "cell" && $0.steps == 5 && $0.plan == expected })
        let others = [
            shape(10, kernel: 5, 3, 24), shape(9, 3, 24), shape(9, kernel: 5, 4, 24), shape(9, kernel: 5, 3, 25),
        ]
        for other in others { #expect(ConvolutionPlan(other).plain != expected.plain, "\(other)") }
    }

    /// Products by hand: 2 x 2 tiles of 64 points, and lanes of sixteen.
    @Test func productsAreCountedWithTheirPadding() throws {
        let it = ConvolutionPlan(shape(7, 17, 20, carriesHidden: false)), points = 64 * 4
        #expect(it.directMultiplyAdds == 3 * 49 * 9 * 17 * 80)
        #expect(try #require(it.filtering).multiplyAdds == Double(points * (2 * 17 * 80 + 80 * 32)))
        #expect(it.plain.multiplyAdds == Double(49 * (2 * 153 * 80 + 80 * 160)))
        let both = ConvolutionPlan(shape(7, 17, 20))
        #expect(both.directMultiplyAdds == 3 * 49 * 9 * 37 * 80)
        #expect(both.plain.seconds > it.plain.seconds && both.filtering!.seconds > it.filtering!.seconds)
    }
}
