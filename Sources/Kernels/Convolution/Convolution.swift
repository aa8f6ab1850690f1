// The im2col (GEMM) convolution, on the side that has fewer channels. The choice: with stride 1 and far fewer filters than
// channels, as where frames are made of many features, the patches of x are large and its products narrow. It is then the
// adjoint of the convolution from z to x with the kernel V, which is W with its taps in reverse order and each transposed:
//
//     z = patches(x) W      dx = raise(dz W')      dW = patches(x)' dz
//     z = raise(x V')       dx = patches(dz) V     dV = patches(dz)' x

/// A convolution of fixed geometry. It shares its workspace with the other convolutions of its thread.
package struct Convolution<S: Scalar> {
    package let geometry: ConvolutionGeometry
    package let filters: Int
    private let products: PatchProducts<S>

    /// V, and its gradient; nil where the patches are those of x.
    private let reversed: (kernel: Tensor<S>, gradient: Tensor<S>)?

    /// - Parameter images: the largest number of images that one call passes.
    package init(_ geometry: ConvolutionGeometry, filters: Int, images: Int, workspace: PatchWorkspace<S>) {
        (self.geometry, self.filters) = (geometry, filters)
        let g = geometry, isReversed = g.stride == 1 && g.kernel > 1 && 2 * filters <= g.channels
        func kernel() -> Tensor<S> { Tensor(g.kernel * g.kernel * filters, g.channels) }
        reversed = isReversed ? (kernel(), kernel()) : nil
        let products =
            isReversed
            ? ConvolutionGeometry(
                height: g.outputHeight, width: g.outputWidth, channels: filters, kernel: g.kernel,
                padding: g.kernel - 1 - g.padding) : g
        self.products = PatchProducts(
            products, filters: isReversed ? g.channels : filters, images: images, workspace: workspace)
    }

    /// Computes z = x * W.
    ///
    /// - Parameters:
    ///   - x: (images, height, width, channels).
    ///   - weights: (kernel x kernel x channels, filters).
    ///   - z: (images, output height, output width, filters).
    package func forward(_ x: Tensor<S>, weights: Tensor<S>, into z: Tensor<S>) {
        guard reversed != nil else { return products.forward(x, weights: weights, into: z) }
        z.fill(0)
        forward(x, weights: weights, accumulatingInto: z)
    }

    /// Computes z += x * W.
    package func forward(_ x: Tensor<S>, weights: Tensor<S>, accumulatingInto z: Tensor<S>) {
        guard let v = reversed?.kernel else { return products.forward(x, weights: weights, accumulatingInto: z) }
        reverseTaps(weights, filters: filters, into: v)
        products.inputGradient(x, weights: v, accumulatingInto: z)
    }

    /// Accumulates the gradient of the weights, summed over the images, into dW.
    package func weightGradient(_ x: Tensor<S>, _ dz: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        guard let dv = reversed?.gradient else { return products.weightGradient(x, dz, accumulatingInto: dW) }
        dv.fill(0)
        products.weightGradient(dz, x, accumulatingInto: dv)
        reverseTapsBackward(dv, filters: filters, accumulatingInto: dW)
    }

    /// Accumulates the gradient of the input into dx.
    package func inputGradient(_ dz: Tensor<S>, weights: Tensor<S>, accumulatingInto dx: Tensor<S>) {
        guard let v = reversed?.kernel else {
            return products.inputGradient(dz, weights: weights, accumulatingInto: dx)
        }
        reverseTaps(weights, filters: filters, into: v)
        products.forward(dz, weights: v, accumulatingInto: dx)
    }
}
