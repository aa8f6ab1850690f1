import Kernels
import Model
import Testing

/// The ConvLSTM's adjoint against finite differences, over the options of its description.
@Suite struct CellGradientTests {
    static let normalizations: [GateNormalization?] = [nil, .group(channels: 3), .group(channels: 2), .layer]

    /// Checks every option of a cell, with and without an input and an initial state.
    @Test(arguments: GateActivation.allCases, PeepholeForm.allCases)
    func everyOption(activation: GateActivation, peepholes: PeepholeForm) throws {
        for normalization in Self.normalizations {
            for tensors in [GateTensors.fused, .perGate] {
                for (isRecurrent, hasBias) in [(true, true), (true, false), (false, true), (false, false)] {
                    let cell = ConvLSTMDescription(
                        hidden: 3, kernel: 3, peepholes: peepholes, gateActivation: activation,
                        normalization: normalization, tensors: tensors, isRecurrent: isRecurrent, hasBias: hasBias)
                    try check(CheckedCell(cell))
                    try check(CheckedCell(cell, continues: true))
                    for reads in [CellInput.nothing, .zeros(channels: 2)] {
                        // The normalized sum of only a bias that is the same at all pixels has no derivative to
                        // measure.
                        guard normalization == nil || isRecurrent else { continue }
                        try check(CheckedCell(cell, reads: reads, continues: true))
                    }
                }
            }
        }
    }

    @Test(arguments: GateActivation.allCases, PeepholeForm.allCases)
    func layersWiderThanAVector(activation: GateActivation, peepholes: PeepholeForm) throws {
        for normalization in [nil, GateNormalization.group(channels: 17), .group(channels: 4), .layer] {
            let cell = ConvLSTMDescription(
                hidden: 17, kernel: 3, peepholes: peepholes, gateActivation: activation, normalization: normalization)
            for convolution in [ConvolutionAlgorithm.im2col, .winograd] {
                try check(CheckedCell(cell, steps: 2, convolution: convolution))
            }
        }
    }

    /// Runs the cell step by step, as a network that reads its own output does.
    @Test(arguments: PeepholeForm.allCases) func oneStepAtATimeIsTheSame(peepholes: PeepholeForm) throws {
        for normalization in Self.normalizations {
            for continues in [false, true] {
                let d = ConvLSTMDescription(
                    hidden: 3, kernel: 3, peepholes: peepholes, gateActivation: .hardSigmoid,
                    normalization: normalization)
                let whole = try CheckedCell(d, continues: continues)
                let steps = try CheckedCell(d, continues: continues, stepwise: true)
                #expect(abs(whole.evaluate(withGradient: true) - steps.evaluate(withGradient: true)) < 1e-12)
                for (a, b) in zip(whole.tensors, steps.tensors) {
                    #expect(largestDifference(a.gradient, b.gradient) < 1e-12, "\(a.name)")
                }
            }
        }
    }

    /// Backward with recomputed gates gives the same gradients. They are bitwise equal if the parts are the same;
    /// im2col makes its parts as long as the gates in memory.
    @Test(arguments: [ConvolutionAlgorithm.im2col, .winograd], [false, true])
    func gatesComputedAgainAreTheSame(convolution: ConvolutionAlgorithm, stepwise: Bool) throws {
        for normalization in Self.normalizations {
            for continues in [false, true] {
                let d = ConvLSTMDescription(
                    hidden: 3, kernel: 3, peepholes: .perPosition, normalization: normalization)
                func cell(_ recomputesGates: Bool) throws -> CheckedCell {
                    try CheckedCell(
                        d, continues: continues, steps: 5, stepwise: stepwise, convolution: convolution,
                        recomputesGates: recomputesGates)
                }
                let kept = try cell(false), again = try cell(true)
                #expect(kept.evaluate(withGradient: true) == again.evaluate(withGradient: true))
                for (a, b) in zip(kept.tensors, again.tensors) {
                    let limit = convolution == .im2col && !stepwise ? 1e-14 : 0
                    #expect(
                        largestDifference(a.gradient, b.gradient) <= limit,
                        "\(a.name), \(String(describing: normalization))")
                }
            }
        }
    }

    /// An input of zeros has a kernel, which counts as a parameter, but computes the same as no input.
    @Test func zerosAreLikeNothingButForTheKernel() throws {
        let d = ConvLSTMDescription(hidden: 3, kernel: 3)
        let zeros = try CheckedCell(d, reads: .zeros(channels: 2)), nothing = try CheckedCell(d, reads: .nothing)
        let kernel = try #require(zeros.layout.slots.first)
        #expect(kernel.name == "cell.input.kernel" && kernel.shape == [3, 3, 2, 12])
        #expect(zeros.layout.slots.dropFirst().map(\.name) == nothing.layout.slots.map(\.name))
        nothing.values.flat.copy(from: zeros.values.flat[kernel.count..<zeros.layout.count])
        #expect(zeros.evaluate(withGradient: true) == nothing.evaluate(withGradient: true))
        #expect(sumOfSquares(zeros.gradient[kernel]) == 0)
    }

    private func check(_ cell: CheckedCell) throws {
        let worst = worstGradientError(of: cell.tensors, h: 3e-4, loss: cell.evaluate(withGradient:))
        #expect(worst.error < 1e-6, "\(worst.name): \(worst.error) of \(cell.description)")
    }
}

func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double {
    let (x, y) = (a.span, b.span)
    return x.indices.reduce(0) { max($0, abs(x[$1] - y[$1])) }
}
