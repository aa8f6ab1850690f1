import Kernels
import Testing

/// The convolution over time against its definition, with all steps at once, one by one and in uneven ranges.
@Suite struct Convolution3DTests {
    static let ranges: [[Range<Int>]] = [[0..<5], [0..<1, 1..<2, 2..<3, 3..<4, 4..<5], [0..<2, 2..<5]]

    private let steps = 5, batch = 2, filters = 3
    private let g = ConvolutionGeometry(height: 4, width: 3, channels: 2, kernel: 3, padding: 1)

    /// The kernels (taps, lead): pointwise in time; centered; causal; anticausal; longer than the sequence.
    @Test(arguments: [(1, 0), (3, 1), (3, 2), (3, 0), (13, 6)], ranges)
    func valuesAndGradients(kernel: (taps: Int, lead: Int), ranges: [Range<Int>]) {
        let (taps, lead) = kernel
        let convolution = Convolution3D<Double>(
            g, filters: filters, taps: taps, lead: lead, steps: steps, batch: batch,
            imagesAtOnce: steps * batch, workspace: PatchWorkspace())
        let x = random(Double.self, 1, [steps, batch, g.height, g.width, g.channels])
        let weights = random(Double.self, 2, [g.patch, taps * filters])
        let dy = random(Double.self, 3, [steps, batch, g.height, g.width, filters]), y = Tensor<Double>(shape: dy.shape)
        let dx = Tensor<Double>(shape: x.shape), dW = Tensor<Double>(shape: weights.shape)
        for _ in 0..<2 {  // the second time over the results of the first
            for tensor in [y, dx, dW] { tensor.fill(0) }
            for range in ranges { convolution.forward(range, x, weights: weights, accumulatingInto: y) }
            convolution.clearGradient()
            for range in ranges.reversed() {
                convolution.backward(range, dy, weights: weights, accumulatingInto: dx)
            }
            convolution.weightGradient(x, accumulatingInto: dW)
        }
        let expected = direct(taps, lead, ranges, x, weights, dy)
        expectClose(y, expected.y, 1e-12)
        expectClose(dx, expected.dx, 1e-12)
        expectClose(dW, expected.dW, 1e-12)
    }

    /// Computes the results tap by tap for each pair of steps, with the 2D convolution.
    private func direct(
        _ taps: Int, _ lead: Int, _ ranges: [Range<Int>], _ x: Tensor<Double>, _ weights: Tensor<Double>,
        _ dy: Tensor<Double>
    ) -> (y: [Double], dx: [Double], dW: [Double]) {
        let plain = Convolution<Double>(g, filters: filters, images: batch, workspace: PatchWorkspace())
        let y = Tensor<Double>(shape: dy.shape), dx = Tensor<Double>(shape: x.shape)
        let dW = Tensor<Double>(shape: weights.shape)
        for tap in 0..<taps {
            let w = Tensor<Double>(g.patch, filters), dw = Tensor<Double>(g.patch, filters), column = tap * filters
            copyColumns(of: weights, taps * filters, from: column, into: w, filters, at: 0, count: filters)
            for range in ranges {
                for t in range where (0..<range.upperBound).contains(t + tap - lead) {
                    let s = t + tap - lead
                    plain.forward(x[s], weights: w, accumulatingInto: y[t])
                    plain.inputGradient(dy[t], weights: w, accumulatingInto: dx[s])
                    plain.weightGradient(x[s], dy[t], accumulatingInto: dw)
                }
            }
            addColumns(of: dw, filters, from: 0, accumulatingInto: dW, taps * filters, at: column, count: filters)
        }
        return (numbers(y), numbers(dx), numbers(dW))
    }
}
