// A convolution over time, height and width: one plain convolution whose filters are those of all taps in time, then
// sums over shifted steps. So each frame is lowered to patches once, not once for each tap.
//
//     z_s = x_s * [W_0 ... W_{n-1}]         y_t = sum over d of z_{t+d-lead}[d]
//     dz_s[d] = dy_{s-d+lead}               dx_s, dW: the adjoints of the plain convolution

/// A convolution over the steps of one batch. It remembers every step's z, so that ranges of steps may come one by one.
package final class Convolution3D<S: Scalar> {
    private let convolution: Convolution<S>
    private let filters, taps, lead: Int

    /// (time, batch, height, width, taps x filters): z, and once `clearGradient` was called its gradient.
    private let products: Tensor<S>

    /// - Parameters:
    ///   - geometry: of one step.
    ///   - taps: the kernel's extent in time.
    ///   - lead: how many steps before its output's the first tap reads: `taps - 1` where none reads the future.
    package init(
        _ geometry: ConvolutionGeometry, filters: Int, taps: Int, lead: Int, steps: Int, batch: Int,
        workspace: PatchWorkspace<S>
    ) {
        (self.filters, self.taps, self.lead) = (filters, taps, lead)
        convolution = Convolution(geometry, filters: taps * filters, images: steps * batch, workspace: workspace)
        products = Tensor(steps, batch, geometry.outputHeight, geometry.outputWidth, taps * filters)
    }

    /// y_t += sum over d of W_d * x_{t+d-lead} for the steps t, which follow those of the call before. Steps of x
    /// before 0 and from `steps.upperBound` on count as zeros.
    ///
    /// - Parameters:
    ///   - x: (time, batch, height, width, channels).
    ///   - weights: (kernel x kernel x channels, taps x filters).
    ///   - y: (time, batch, output height, output width, filters).
    package func forward(_ steps: Range<Int>, _ x: Tensor<S>, weights: Tensor<S>, accumulatingInto y: Tensor<S>) {
        convolution.forward(x.images(steps), weights: weights, into: products.images(steps))
        forEachTap(of: steps) { column, sources, steps in
            addColumns(
                of: products[sources], taps * filters, from: column, accumulatingInto: y[steps], filters, at: 0,
                count: filters)
        }
    }

    /// Turns from z to its gradient: call it between the last `forward` and the first `backward`.
    package func clearGradient() { products.fill(0) }

    /// dx += the gradient of the input of the steps. The ranges are those of `forward`, in reverse order: then nothing
    /// that is yet to come adds to it.
    ///
    /// - Parameter dx: nil where nobody asks for it.
    package func backward(
        _ steps: Range<Int>, _ dy: Tensor<S>, weights: Tensor<S>, accumulatingInto dx: Tensor<S>?
    ) {
        forEachTap(of: steps) { column, sources, steps in
            addColumns(
                of: dy[steps], filters, from: 0, accumulatingInto: products[sources], taps * filters, at: column,
                count: filters)
        }
        guard let dx else { return }
        convolution.inputGradient(products.images(steps), weights: weights, accumulatingInto: dx.images(steps))
    }

    /// dW += the gradient of the weights over all steps, once `backward` has seen them.
    package func weightGradient(_ x: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        let all = 0..<products.shape[0]
        convolution.weightGradient(x.images(all), products.images(all), accumulatingInto: dW)
    }

    /// Calls the body with each tap's first column of z, and the steps of z that it adds to which steps of y.
    private func forEachTap(
        of steps: Range<Int>, _ body: (_ column: Int, _ sources: Range<Int>, _ steps: Range<Int>) -> Void
    ) {
        for tap in 0..<taps {
            let shift = tap - lead
            let first = max(steps.lowerBound, -shift), last = min(steps.upperBound, steps.upperBound - shift)
            if first < last { body(tap * filters, first + shift..<last + shift, first..<last) }
        }
    }
}
