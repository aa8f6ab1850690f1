// A transposed convolution applied to each time step: the adjoint of a convolution W from the output's size to the
// input's. The choice: it uses that convolution's kernels, with forward and backward exchanged.
//
//     y_t = W' x_t + b         dx_t = W * dy_t         dW = sum over t of dy_t (x) x_t
//
// Each side of the output is (input - 1) stride - 2 padding + kernel: PyTorch's `ConvTranspose2d`.

import Kernels

final class TransposedConvolutionLayer<S: Scalar>: MapConvolutionLayer {
    /// The geometry of the convolution W, which reads maps of the output's size.
    let geometry: ConvolutionGeometry
    let outputShape: FeatureShape
    let inputShape: FeatureShape

    /// The kernel is (kernel, kernel, filters, input channels), which is that of the convolution W and of Keras'
    /// `Conv2DTranspose`. PyTorch's is (input channels, filters, kernel, kernel).
    let parameters: ConvolutionParameters<S>

    let winograd: WinogradMapWeights<S>?

    init(
        _ name: String, _ d: ConvolutionDescription, input: FeatureShape,
        convolution: ConvolutionAlgorithm = .automatic, for use: NetworkUse = .training,
        layout: inout ParameterLayout
    ) throws(ModelError) {
        let padding = try d.checkedPadding(name)
        func side(_ input: Int) -> Int { (input - 1) * d.stride - 2 * padding + d.kernel }
        outputShape = FeatureShape(height: side(input.height), width: side(input.width), channels: d.filters)
        guard outputShape.height > 0, outputShape.width > 0 else {
            throw ModelError(
                "layer \(name): padding \(padding) leaves nothing of feature maps of \(input) under kernel \(d.kernel) "
                    + "and stride \(d.stride); choose less padding")
        }
        inputShape = input
        geometry = ConvolutionGeometry(
            height: outputShape.height, width: outputShape.width, channels: d.filters, kernel: d.kernel,
            stride: d.stride, padding: padding)
        parameters = ConvolutionParameters(
            name, kernel: [d.kernel, d.kernel, d.filters, input.channels], kernelInitialization: d.kernelInitialization,
            bias: d.hasBias ? d.filters : nil, biasInitialization: d.biasInitialization, layout: &layout)
        winograd = WinogradMapWeights(
            geometry, filters: input.channels, convolution, use == .training ? [.forward, .backward] : .backward)
    }

    var multiplyAdds: Int { geometry.outputPixels * geometry.patch * inputShape.channels }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledTransposedConvolution(self, input: input, output: output, context: context)
    }
}

final class UnrolledTransposedConvolution<S: Scalar>: UnrolledLayer {
    private let layer: TransposedConvolutionLayer<S>
    private let input, output: FeatureSequence<S>
    private let convolution: any MapConvolution<S>

    init(
        _ layer: TransposedConvolutionLayer<S>, input: FeatureSequence<S>, output: FeatureSequence<S>,
        context: UnrollingContext<S>
    ) {
        self.layer = layer
        self.input = input
        self.output = output
        convolution = layer.convolution(images: output.steps * output.batch, context)
    }

    func forward(_ steps: Range<Int>) {
        let y = output.values.images(steps)
        layer.parameters.start(y)
        convolution.inputGradient(input.values.images(steps), accumulatingInto: y)
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = input.gradient else { return }
        convolution.forward(output.requiredGradient.images(steps), accumulatingInto: dx.images(steps))
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        let all = 0..<output.steps, dy = output.requiredGradient
        convolution.weightGradient(
            dy.images(all), input.values.images(all), accumulatingInto: gradient[layer.parameters.kernelSlot])
        layer.parameters.addBiasGradient(dy, to: gradient)
    }
}
