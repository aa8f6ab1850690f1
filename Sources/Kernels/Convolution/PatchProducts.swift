// The three products of a convolution lowered to patches (im2col).
//
//     z = patches(x) W        dx = raise(dz W')        dW = patches(x)' dz
//
// The choice: images are lowered a few at a time, so that the patches stay in cache and the workspace stays bounded.

/// The products of a convolution of fixed geometry. It shares its workspace with the others of its thread.
struct PatchProducts<S: Scalar> {
    private let geometry: ConvolutionGeometry
    private let filters: Int
    private let imagesAtOnce: Int
    private let workspace: PatchWorkspace<S>

    /// - Parameter images: the largest number of images that one call passes.
    init(_ geometry: ConvolutionGeometry, filters: Int, images: Int, workspace: PatchWorkspace<S>) {
        self.geometry = geometry
        self.filters = filters
        self.workspace = workspace
        let elements = geometry.outputPixels * geometry.patch
        imagesAtOnce = max(1, min(images, Self.patchesAtOnce / elements))
        if !geometry.isPointwise { workspace.reserve(imagesAtOnce * elements) }
    }

    /// Computes z = x * W.
    ///
    /// - Parameters:
    ///   - x: (images, height, width, channels).
    ///   - weights: (kernel x kernel x channels, filters).
    ///   - z: (images, output height, output width, filters).
    func forward(_ x: Tensor<S>, weights: Tensor<S>, into z: Tensor<S>) {
        forEachChunk(of: x, z) { x, z in multiply(patchMatrix(of: x), weightMatrix(weights), into: z) }
    }

    /// Computes z += x * W.
    func forward(_ x: Tensor<S>, weights: Tensor<S>, accumulatingInto z: Tensor<S>) {
        forEachChunk(of: x, z) { x, z in
            multiply(patchMatrix(of: x), weightMatrix(weights), accumulatingInto: z)
        }
    }

    /// Accumulates the gradient of the weights, summed over the images, into dW.
    func weightGradient(_ x: Tensor<S>, _ dz: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        forEachChunk(of: x, dz) { x, dz in
            multiply(patchMatrix(of: x).transposed, dz, accumulatingInto: weightMatrix(dW))
        }
    }

    /// Accumulates the gradient of the input into dx.
    func inputGradient(_ dz: Tensor<S>, weights: Tensor<S>, accumulatingInto dx: Tensor<S>) {
        forEachChunk(of: dx, dz) { dx, dz in
            let transposed = weightMatrix(weights).transposed
            if geometry.isPointwise {
                multiply(dz, transposed, accumulatingInto: dx.reshaped(dz.rows, geometry.channels).matrix)
            } else {
                let patches = patches(of: dx.shape[0])
                multiply(dz, transposed, into: patches.matrix)
                for image in 0..<dx.shape[0] { raise(patches[image], geometry, accumulatingInto: dx[image]) }
            }
        }
    }

    /// Returns the patches of a few images as a matrix. Where each patch is one pixel, this is the images themselves.
    private func patchMatrix(of x: Tensor<S>) -> Matrix<S> {
        let images = x.shape[0], rows = images * geometry.outputPixels
        if geometry.isPointwise { return x.reshaped(rows, geometry.channels).matrix }
        let patches = patches(of: images)
        for image in 0..<images { lower(x[image], geometry, into: patches[image]) }
        return patches.matrix
    }

    /// Returns workspace for the patches of a few images: (images, output pixels, patch).
    private func patches(of images: Int) -> Tensor<S> {
        workspace.tensor(images, geometry.outputPixels, geometry.patch)
    }

    private func weightMatrix(_ weights: Tensor<S>) -> Matrix<S> {
        Matrix(weights, rows: geometry.patch, columns: filters)
    }

    /// Calls the body with a few images at a time and the matching rows of z.
    private func forEachChunk(of x: Tensor<S>, _ z: Tensor<S>, _ body: (Tensor<S>, Matrix<S>) -> Void) {
        let images = x.shape[0], pixels = geometry.outputPixels
        precondition(z.count == images * pixels * filters, "\(x.shape) convolved into \(z.shape)")
        let rows = z.reshaped(images * pixels, filters).matrix
        for first in stride(from: 0, to: images, by: imagesAtOnce) {
            let last = min(first + imagesAtOnce, images)
            body(x[first..<last], rows[rows: first * pixels..<last * pixels])
        }
    }

    /// The number of patch elements lowered at once, which fill a part of the last-level cache.
    private static var patchesAtOnce: Int { 2 << 20 }
}

/// Memory for patches, as large as its largest user reserved. Each thread needs an instance of its own.
package final class PatchWorkspace<S: Scalar> {
    private var buffer = Buffer<S>(count: 0)

    package init() {}

    func reserve(_ count: Int) {
        if count > buffer.count { buffer = Buffer(count: count) }
    }

    func tensor(_ shape: Int...) -> Tensor<S> {
        Tensor(buffer: buffer, offset: 0, shape: shape)
    }
}

extension ConvolutionGeometry {
    /// Whether each patch is one pixel, so that there is nothing to lower.
    var isPointwise: Bool { kernel == 1 && stride == 1 }
}
