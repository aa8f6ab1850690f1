// The convolution of single time steps in the Winograd domain. The choice: whether it pays follows from the sizes alone,
// so that all ranks and all processors decide the same. As many images go through at once as keep the maps in cache.

import Kernels
import Platform

/// The weights of a layer in the Winograd domain.
struct WinogradMapWeights<S: Scalar> {
    let geometry: WinogradGeometry
    let convolution: ConvolutionGeometry
    let kernel: TransformedKernel<S>

    /// The kernel over blocks of pixels: (2 x 2 x stride x stride x channels, filters). nil for a stride of 1.
    private let taps: Tensor<S>?

    /// Returns nil if the layer is to use im2col.
    init?(
        _ g: ConvolutionGeometry, filters: Int, _ algorithm: ConvolutionAlgorithm,
        _ directions: TransformedKernel<S>.Directions
    ) {
        guard let geometry = WinogradGeometry(g),
            algorithm == .winograd || algorithm == .automatic && geometry.pays(for: g, filters: filters)
        else { return nil }
        (self.geometry, convolution) = (geometry, g)
        kernel = TransformedKernel(geometry, rows: geometry.phases * g.channels, columns: filters, directions)
        taps = Self.newTaps(geometry, kernel)
    }

    /// Returns zeros in the shape of the kernel over blocks of pixels; nil for a stride of 1.
    private static func newTaps(_ geometry: WinogradGeometry, _ kernel: TransformedKernel<S>) -> Tensor<S>? {
        geometry.stride == 1 ? nil : Tensor(geometry.kernel * geometry.kernel * kernel.rows, kernel.columns)
    }

    func newTaps() -> Tensor<S>? { Self.newTaps(geometry, kernel) }

    /// - Parameter kernel: (kernel, kernel, channels, filters).
    func prepare(_ kernel: Tensor<S>) {
        let matrix = kernel.reshaped(convolution.patch, self.kernel.columns)
        if let taps { copyTaps(of: matrix, convolution, toBlocks: taps) }
        self.kernel.prepare(taps ?? matrix)
    }
}

extension WinogradGeometry {
    /// Whether the products in the Winograd domain and the transforms take less than four fifths of the multiply-adds of
    /// direct convolution. An element that is transformed counts as 16 of them, between what `ConvolutionCost` measured
    /// for narrow and for wide vectors.
    fileprivate func pays(for g: ConvolutionGeometry, filters: Int) -> Bool {
        let channels = phases * g.channels
        let work = points * tiles * (channels * filters + 16 * (channels + filters))
        return Double(work) < 0.8 * Double(g.outputPixels * g.patch * filters)
    }
}

struct WinogradMapConvolution<S: Scalar>: MapConvolution {
    private let weights: WinogradMapWeights<S>
    private let points: WinogradWorkspace<S>
    private let imagesAtOnce: Int
    private let gradient: Gradient?

    private struct Gradient {
        let transformed: TransformedGradient<S>

        /// The gradient of the taps over blocks; nil for a stride of 1.
        let taps: Tensor<S>?
    }

    /// The number of tiles that makes a product long enough and leaves its maps in the caches.
    private static var enoughTiles: Int { 128 }

    /// - Parameter images: the largest number of images that one call passes.
    init(_ weights: WinogradMapWeights<S>, images: Int, _ context: UnrollingContext<S>) {
        self.weights = weights
        points = context.points
        imagesAtOnce = (0..<images).evenChunkSize(atMost: max(1, Self.enoughTiles / weights.geometry.tiles))
        let kernel = weights.kernel
        gradient =
            context.use == .training
            ? Gradient(
                transformed: TransformedGradient(weights.geometry, rows: kernel.rows, columns: kernel.columns),
                taps: weights.newTaps()) : nil
        // All memory is taken in advance.
        _ = (inputs(imagesAtOnce), products(imagesAtOnce))
    }

    /// Returns maps for V or dV.
    private func inputs(_ images: Int) -> TransformedMaps<S> {
        points.maps(.input, weights.geometry, images: images, channels: weights.kernel.rows)
    }

    /// Returns maps for M or dM.
    private func products(_ images: Int) -> TransformedMaps<S> {
        points.maps(.product, weights.geometry, images: images, channels: weights.kernel.columns)
    }

    /// Calls the body with some images at a time.
    private func forEachGroup(
        _ x: Tensor<S>, _ z: Tensor<S>, _ body: (_ x: Tensor<S>, _ z: Tensor<S>, _ images: Int) -> Void
    ) {
        for images in (0..<x.shape[0]).chunks(of: imagesAtOnce) { body(x[images], z[images], images.count) }
    }

    // M = V U with V = B' x B, and z += A' M A.

    func forward(_ x: Tensor<S>, accumulatingInto z: Tensor<S>) {
        forEachGroup(x, z) { x, z, images in
            let v = inputs(images), m = products(images)
            v.transformInput(x)
            multiplyForward(PointFactor(v, weights.kernel.forward), from: 0, into: m, images: images)
            m.transformOutput(accumulatingInto: z)
        }
    }

    // The adjoints, with dM = A dz A': dV = dM U' and dx += B dV B', dU += V' dM and dW += G' dU G.

    func inputGradient(_ dz: Tensor<S>, accumulatingInto dx: Tensor<S>) {
        forEachGroup(dx, dz) { dx, dz, images in
            let dm = products(images), dv = inputs(images)
            dm.transformOutputBackward(dz)
            multiplyBackward(InputProduct(PointFactor(dm, weights.kernel.backward), images: images, into: dv), nil)
            dv.transformInputBackward(accumulatingInto: dx)
        }
    }

    func weightGradient(_ x: Tensor<S>, _ dz: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        let gradient = gradient.ofTraining, du = gradient.transformed
        du.clear()
        forEachGroup(x, dz) { x, dz, images in
            let v = inputs(images), dm = products(images)
            v.transformInput(x)
            dm.transformOutputBackward(dz)
            multiplyBackward(nil, WeightProducts([.init(v, accumulatingInto: du)], dm, images: images))
        }
        let kernel = dW.reshaped(weights.convolution.patch, du.columns)
        guard let taps = gradient.taps else { return du.transformBack(accumulatingInto: kernel) }
        taps.fill(0)
        du.transformBack(accumulatingInto: taps)
        addTaps(ofBlocks: taps, weights.convolution, accumulatingInto: kernel)
    }
}
