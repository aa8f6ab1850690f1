// The convolution of a layer that convolves each time step alone, and its adjoints. The choice: as for the gates, one
// protocol for two algorithms, im2col lowering and Winograd transforms.
//
//     z = x * W        dx = W' dz        dW = x (x) dz

import Kernels

/// A convolution with memory for the images of a batch.
protocol MapConvolution<S> {
    associatedtype S: Scalar

    /// Computes z += x * W.
    func forward(_ x: Tensor<S>, accumulatingInto z: Tensor<S>)

    /// Computes dx += W' dz.
    func inputGradient(_ dz: Tensor<S>, accumulatingInto dx: Tensor<S>)

    /// Accumulates the gradient of the weights, summed over the images, into dW.
    func weightGradient(_ x: Tensor<S>, _ dz: Tensor<S>, accumulatingInto dW: Tensor<S>)
}

/// A layer with such a convolution W, or with its adjoint.
protocol MapConvolutionLayer<S>: Layer {
    var geometry: ConvolutionGeometry { get }
    var parameters: ConvolutionParameters<S> { get }

    /// The weights in the Winograd domain; nil if the layer uses im2col.
    var winograd: WinogradMapWeights<S>? { get }
}

extension MapConvolutionLayer {
    var hasParameters: Bool { true }

    func prepare(_ values: ParameterVector<S>) {
        parameters.prepare(values)
        winograd?.prepare(parameters.kernel)
    }

    /// - Parameter images: the largest number of images that one call passes.
    func convolution(images: Int, _ context: UnrollingContext<S>) -> any MapConvolution<S> {
        if let winograd { return WinogradMapConvolution(winograd, images: images, context) }
        return LoweredConvolution(
            convolution: Convolution(
                geometry, filters: parameters.kernel.shape[3], images: context.imagesOfAProduct(of: images),
                workspace: context.workspace),
            parameters: parameters)
    }
}

/// The convolution by im2col.
private struct LoweredConvolution<S: Scalar>: MapConvolution {
    let convolution: Convolution<S>
    let parameters: ConvolutionParameters<S>

    func forward(_ x: Tensor<S>, accumulatingInto z: Tensor<S>) {
        convolution.forward(x, weights: parameters.kernel, accumulatingInto: z)
    }

    func inputGradient(_ dz: Tensor<S>, accumulatingInto dx: Tensor<S>) {
        convolution.inputGradient(dz, weights: parameters.kernel, accumulatingInto: dx)
    }

    func weightGradient(_ x: Tensor<S>, _ dz: Tensor<S>, accumulatingInto dW: Tensor<S>) {
        convolution.weightGradient(x, dz, accumulatingInto: dW)
    }
}
