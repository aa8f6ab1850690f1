// A pointwise activation layer, y = f(x). The choice: backward works in place, on the output's gradient; if no other
// layer reads x, that tensor is also the gradient of x.

import Kernels

final class ActivationLayer<S: Scalar>: Layer {
    let function: any PointwiseFunction
    let outputShape: FeatureShape

    init(_ function: any PointwiseFunction, input: FeatureShape) {
        self.function = function
        outputShape = input
    }

    static func leakyReLU(
        _ name: String, _ d: LeakyReLUDescription, input: FeatureShape
    ) throws(ModelError)
        -> ActivationLayer
    {
        guard d.slope >= 0, d.slope.isFinite else {
            throw ModelError("layer \(name): a slope of \(d.slope); choose a number that is not negative, 0.2 for one")
        }
        return ActivationLayer(LeakyReLU(slope: d.slope), input: input)
    }

    var isPointwise: Bool { true }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledActivation(function, input: input, output: output)
    }
}

final class UnrolledActivation<S: Scalar>: UnrolledLayer {
    private let function: any PointwiseFunction
    private let input, output: FeatureSequence<S>

    init(_ function: any PointwiseFunction, input: FeatureSequence<S>, output: FeatureSequence<S>) {
        self.function = function
        self.input = input
        self.output = output
    }

    func forward(_ steps: Range<Int>) {
        function.forward(input.values[steps], into: output.values[steps])
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        function.backward(dy[steps], output: output.values[steps], into: dy[steps])
        if !dx.isSame(as: dy) { add(dy[steps], accumulatingInto: dx[steps]) }
    }
}
