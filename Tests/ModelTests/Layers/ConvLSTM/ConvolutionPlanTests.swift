import Model
import Testing

/// The algorithm that layers are convolved with, and its expected cost.
@Suite struct ConvolutionPlanTests {
    private func shape(
        _ side: Int, kernel: Int = 3, _ inputs: Int, _ hidden: Int, isRecurrent: Bool = true
    ) -> GateConvolutionShape {
        GateConvolutionShape(
            height: side, width: side, kernel: kernel, inputChannels: inputs, hidden: hidden,
            isRecurrent: isRecurrent)
    }

    @Test func whatDoesNotPayIsPlain() {
        for it in [shape(4, 1, 2), shape(6, kernel: 5, 1, 1), shape(1, 64, 64), shape(2, kernel: 5, 64, 64)] {
            #expect(ConvolutionPlan(it).algorithm == .im2col, "\(it)")
        }
        for kernel in [1, 7] {
            let plan = ConvolutionPlan(shape(32, kernel: kernel, 64, 64), .winograd)
            #expect(plan.algorithm == .im2col && plan.winograd == nil)
        }
    }

    @Test func aWayMayBeForced() {
        let wide = shape(16, kernel: 5, 64, 64), narrow = shape(4, 1, 2)
        #expect(
            ConvolutionPlan(wide, .im2col).algorithm == .im2col
                && ConvolutionPlan(narrow, .winograd).algorithm == .winograd)
        #expect(ConvolutionPlan(wide).algorithm == .winograd && ConvolutionPlan(narrow).algorithm == .im2col)
    }

    /// The same shape has the same plan in every network, and another shape has another cost.
    @Test func thePlanIsAFunctionOfTheShape() throws {
        let layer = LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 24, kernel: 5)))
        let readout = LayerDescription("out", .convolution(ConvolutionDescription(filters: 3, kernel: 1)))
        let description = NetworkDescription(encoder: [layer], readout: [readout])
        let unrolling = Unrolling(inputFrames: 5, outputFrames: 5, forecastOffset: 1)
        let plans = try (0..<2).map { _ in
            try Network<Float>(description, frame: FeatureShape(height: 9, width: 9, channels: 3))
                .convolutionPlans(unrolling)[0]
        }
        let expected = ConvolutionPlan(shape(9, kernel: 5, 3, 24))
        #expect(plans.allSatisfy { $0.layer == "cell" && $0.steps == 5 && $0.plan == expected })
        let others = [
            shape(10, kernel: 5, 3, 24), shape(9, 3, 24), shape(9, kernel: 5, 4, 24), shape(9, kernel: 5, 3, 25),
        ]
        for other in others { #expect(ConvolutionPlan(other).im2col != expected.im2col, "\(other)") }
    }

    /// Products counted by hand: 2 x 2 tiles of 64 points, and vectors of sixteen.
    @Test func productsAreCountedWithTheirPadding() throws {
        let it = ConvolutionPlan(shape(7, 17, 20, isRecurrent: false)), points = 64 * 4
        #expect(it.directMultiplyAdds == 3 * 49 * 9 * 17 * 80)
        #expect(try #require(it.winograd).multiplyAdds == Double(points * (2 * 17 * 80 + 80 * 32)))
        #expect(it.im2col.multiplyAdds == Double(49 * (2 * 153 * 80 + 80 * 160)))
        let both = ConvolutionPlan(shape(7, 17, 20))
        #expect(both.directMultiplyAdds == 3 * 49 * 9 * 37 * 80)
        #expect(both.im2col.seconds > it.im2col.seconds && both.winograd!.seconds > it.winograd!.seconds)
    }
}
