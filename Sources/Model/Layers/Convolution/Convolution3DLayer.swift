// A convolution over time, height and width: y_t = sum over d of W_d * x_{t+d-lead} + b, with zeros outside the
// sequence.
//
// With `same` padding in time, lead is half the kernel, so that a step reads features of later steps. In next-frame
// training, where the input frame of step t + 1 is the target of step t, it reads the target. Published losses of such
// systems are partly due to this leak, and forecasts that feed back their own frames lack what training had. `causal`
// does not leak. With either padding, a range of steps reads only the steps computed so far.

import Kernels

final class Convolution3DLayer<S: Scalar>: Layer {
    let description: Convolution3DDescription
    let geometry: ConvolutionGeometry
    let outputShape: FeatureShape

    /// The kernel is (kernel time, kernel, kernel, input channels, filters).
    let parameters: ConvolutionParameters<S>

    /// The taps W_d side by side: (kernel x kernel x input channels, kernel time x filters).
    let taps: Tensor<S>

    init(
        _ name: String, _ d: Convolution3DDescription, input: FeatureShape, layout: inout ParameterLayout
    ) throws(ModelError) {
        try ConvolutionLimits.check(name, kernel: d.kernel, filters: d.filters)
        guard d.kernel % 2 == 1, d.kernelTime % 2 == 1, ConvolutionLimits.extent.contains(d.kernelTime) else {
            throw ModelError(
                "layer \(name): kernel \(d.kernel) over \(d.kernelTime) steps; both must be odd, "
                    + "1 to \(ConvolutionLimits.extent.upperBound)")
        }
        description = d
        geometry = ConvolutionGeometry(
            height: input.height, width: input.width, channels: input.channels, kernel: d.kernel, padding: d.kernel / 2)
        outputShape = input.with(channels: d.filters)
        parameters = ConvolutionParameters(
            name, kernel: [d.kernelTime, d.kernel, d.kernel, input.channels, d.filters],
            kernelInitialization: d.kernelInitialization,
            bias: d.hasBias ? d.filters : nil, biasInitialization: d.biasInitialization, layout: &layout)
        taps = Tensor(geometry.patch, d.kernelTime * d.filters)
    }

    var hasParameters: Bool { true }
    var multiplyAdds: Int { geometry.outputPixels * taps.count }

    func prepare(_ values: ParameterVector<S>) {
        parameters.prepare(values)
        let filters = description.filters
        for d in 0..<description.kernelTime {
            copyColumns(
                of: parameters.kernel[d], filters, from: 0, into: taps, taps.shape[1], at: d * filters, count: filters)
        }
    }

    /// Adds a gradient in the layout of `taps` to the kernel's gradient.
    func scatter(_ tapsGradient: Tensor<S>, to gradient: ParameterVector<S>) {
        let filters = description.filters, kernel = gradient[parameters.kernelSlot]
        for d in 0..<description.kernelTime {
            addColumns(
                of: tapsGradient, taps.shape[1], from: d * filters, accumulatingInto: kernel[d], filters, at: 0,
                count: filters)
        }
    }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledConvolution3D(self, input: input, output: output, context: context)
    }
}

final class UnrolledConvolution3D<S: Scalar>: UnrolledLayer {
    private let layer: Convolution3DLayer<S>
    private let input, output: FeatureSequence<S>
    private let convolution: Convolution3D<S>
    private let tapsGradient: Tensor<S>?

    init(
        _ layer: Convolution3DLayer<S>, input: FeatureSequence<S>, output: FeatureSequence<S>,
        context: UnrollingContext<S>
    ) {
        self.layer = layer
        self.input = input
        self.output = output
        let d = layer.description
        convolution = Convolution3D(
            layer.geometry, filters: d.filters, taps: d.kernelTime,
            lead: d.timePadding == .same ? d.kernelTime / 2 : d.kernelTime - 1, steps: output.steps,
            batch: output.batch, imagesAtOnce: context.imagesOfAProduct(of: output.steps * output.batch),
            workspace: context.workspace)
        tapsGradient = context.use == .training ? Tensor(shape: layer.taps.shape) : nil
    }

    func forward(_ steps: Range<Int>) {
        layer.parameters.start(output.values[steps])
        convolution.forward(steps, input.values, weights: layer.taps, accumulatingInto: output.values)
    }

    func clearGradients() { convolution.clearGradient() }

    func backward(_ steps: Range<Int>) {
        convolution.backward(steps, output.requiredGradient, weights: layer.taps, accumulatingInto: input.gradient)
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        let tapsGradient = tapsGradient.ofTraining
        tapsGradient.fill(0)
        convolution.weightGradient(input.values, accumulatingInto: tapsGradient)
        layer.scatter(tapsGradient, to: gradient)
        layer.parameters.addBiasGradient(output.requiredGradient, to: gradient)
    }
}
