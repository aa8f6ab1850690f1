// A convolution applied to each time step: y_t = W * x_t + b. Neighboring output pixels are `stride` input pixels
// apart.

import Kernels

final class ConvolutionLayer<S: Scalar>: MapConvolutionLayer {
    let geometry: ConvolutionGeometry
    let outputShape: FeatureShape

    /// The kernel is (kernel, kernel, input channels, filters).
    let parameters: ConvolutionParameters<S>

    let winograd: WinogradMapWeights<S>?

    init(
        _ name: String, _ d: ConvolutionDescription, input: FeatureShape,
        convolution: ConvolutionAlgorithm = .automatic, for use: NetworkUse = .training,
        layout: inout ParameterLayout
    ) throws(ModelError) {
        let padding = try d.checkedPadding(name)
        guard min(input.height, input.width) + 2 * padding >= d.kernel else {
            throw ModelError(
                "layer \(name): kernel \(d.kernel) with padding \(padding) is larger than feature maps of \(input); "
                    + "choose a smaller kernel or more padding")
        }
        geometry = ConvolutionGeometry(
            height: input.height, width: input.width, channels: input.channels, kernel: d.kernel, stride: d.stride,
            padding: padding)
        outputShape = FeatureShape(height: geometry.outputHeight, width: geometry.outputWidth, channels: d.filters)
        parameters = ConvolutionParameters(
            name, kernel: [d.kernel, d.kernel, input.channels, d.filters], kernelInitialization: d.kernelInitialization,
            bias: d.hasBias ? d.filters : nil, biasInitialization: d.biasInitialization, layout: &layout)
        winograd = WinogradMapWeights(
            geometry, filters: d.filters, convolution, use == .training ? [.forward, .backward] : .forward)
    }

    var multiplyAdds: Int { geometry.outputPixels * geometry.patch * outputShape.channels }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledConvolution(self, input: input, output: output, context: context)
    }
}

final class UnrolledConvolution<S: Scalar>: UnrolledLayer {
    private let layer: ConvolutionLayer<S>
    private let input, output: FeatureSequence<S>
    private let convolution: any MapConvolution<S>

    init(
        _ layer: ConvolutionLayer<S>, input: FeatureSequence<S>, output: FeatureSequence<S>,
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
        convolution.forward(input.values.images(steps), accumulatingInto: y)
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = input.gradient else { return }
        convolution.inputGradient(output.requiredGradient.images(steps), accumulatingInto: dx.images(steps))
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        let all = 0..<output.steps, dy = output.requiredGradient
        convolution.weightGradient(
            input.values.images(all), dy.images(all), accumulatingInto: gradient[layer.parameters.kernelSlot])
        layer.parameters.addBiasGradient(dy, to: gradient)
    }
}
