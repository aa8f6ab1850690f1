// A convolution over time, height and width. The choice: one 2D convolution with the filters of all temporal taps side
// by side, then sums over shifted time steps, so that each frame is lowered once instead of once per tap.
//
//     z_s = x_s * [W_0 ... W_{n-1}]         y_t = sum over d of z_{t+d-lead}[d]
//     dz_s[d] = dy_{s-d+lead}               dx_s, dW: the adjoints of the 2D convolution

/// A convolution over the time steps of one batch. It keeps z of every step, so that ranges of steps may arrive one by
/// one.
package final class Convolution3D<S: Scalar> {
    private let convolution: Convolution<S>
    private let filters, taps, lead: Int

    /// z, or after `clearGradient` the gradient of z: (time, batch, height, width, taps x filters).
    private let products: Tensor<S>

    /// - Parameters:
    ///   - geometry: the geometry of one time step.
    ///   - taps: the kernel size in time.
    ///   - lead: how many steps before the output step the first tap reads; `taps - 1` makes the convolution causal.
    ///   - imagesAtOnce: the largest number of images that one product takes.
    package init(
        _ geometry: ConvolutionGeometry, filters: Int, taps: Int, lead: Int, steps: Int, batch: Int,
        imagesAtOnce: Int, workspace: PatchWorkspace<S>
    ) {
        (self.filters, self.taps, self.lead) = (filters, taps, lead)
        convolution = Convolution(geometry, filters: taps * filters, images: imagesAtOnce, workspace: workspace)
        products = Tensor(steps, batch, geometry.outputHeight, geometry.outputWidth, taps * filters)
    }

    /// Computes y_t += sum over d of W_d * x_{t+d-lead} for the given steps t, which must follow those of the previous
    /// call. Steps of x before 0 and from `steps.upperBound` on count as zeros.
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

    /// Switches the stored z to its gradient, zeroed. Call it between the last `forward` and the first `backward`.
    package func clearGradient() { products.fill(0) }

    /// Accumulates the gradient of the input of the given steps into dx. The ranges must be those of `forward` in
    /// reverse order; the gradient of z for a range is then complete when it is used.
    ///
    /// - Parameter dx: nil where no gradient of the input is needed.
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

    /// Accumulates the gradient of the weights over all steps into dW. Call it after `backward` of all steps.
    package func weightGradient(_ x: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        let all = 0..<products.shape[0]
        convolution.weightGradient(x.images(all), products.images(all), accumulatingInto: dW)
    }

    /// Calls the body with each tap's first column of z, the steps of z it reads and the steps of y it contributes to.
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
