import Kernels
import Testing

/// Tests of the gate functions in a step of one element per pixel. With c' = 0 and large a_g, c is the gate i, and its
/// derivative is that with respect to the preactivation a_i.
@Suite struct GateTests {
    private func stepped(
        _ preactivations: [Double], _ activation: GateActivation
    ) -> (gates: [Double], slopes: [Double]) {
        let pixels = preactivations.count
        let gates = Tensor<Double>(pixels, 4), cell = Tensor<Double>(pixels, 1), hidden = Tensor<Double>(pixels, 1)
        let before = Tensor<Double>(pixels, 1), dh = Tensor<Double>(pixels, 1), dc = Tensor<Double>(pixels, 1)
        var a = gates.mutableSpan
        for pixel in 0..<pixels { (a[4 * pixel], a[4 * pixel + 2]) = (preactivations[pixel], 40) }
        GateStep(
            gates: gates, bias: Tensor(4), activation: activation, peepholes: nil, previousCell: before, cell: cell,
            hidden: hidden
        ).forward()
        dc.fill(1)
        GateStepBackward(
            gates: gates, activation: activation, peepholes: nil, peepholeGradients: nil, previousCell: before,
            cell: cell, hiddenGradient: dh, cellGradient: dc
        ).backward()
        let slopes = gates.span
        return (numbers(cell), (0..<pixels).map { slopes[4 * $0] })
    }

    @Test func hardSigmoidIsALineBetweenItsBounds() {
        let x = [-1e9, -2.6, -2.4, -1, 0, 0.3, 2.4, 2.6, 1e9]
        let (gates, slopes) = stepped(x, .hardSigmoid)
        for (gate, expected) in zip(gates, [0, 0, 0.02, 0.3, 0.5, 0.56, 0.98, 1, 1]) {
            #expect(abs(gate - expected) < 1e-15)
        }
        #expect(slopes == [0, 0, 0.2, 0.2, 0.2, 0.2, 0.2, 0, 0])
    }

    /// A run that has diverged must be visible: NaN stays NaN.
    @Test(arguments: GateActivation.allCases) func whatIsNoNumberStaysSo(activation: GateActivation) {
        #expect(stepped([.nan], activation).gates[0].isNaN)
    }
}
