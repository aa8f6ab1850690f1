// What every layer of a network is, and what it is once unrolled over the steps of a batch.
//
// A layer knows slots and sizes and, for the time between two updates of the parameters, the weights in the form that
// its products want. Unrolled, it has memory: all activations that backward needs. Forward and backward take ranges of
// steps, so that a network may run each layer over the whole sequence (one large product for all inputs), or, where
// predictions are fed back, all layers over one step.

import Kernels

/// A layer of a network, without memory of any sequence.
protocol Layer<S>: AnyObject {
    associatedtype S: Scalar

    var outputShape: FeatureShape { get }

    /// Whether each number of its output is a function of one number of its input, so that one gradient can become the
    /// other where it lies.
    var isPointwise: Bool { get }

    /// Whether a step reads the output of the step before, so that backward adds to the output's gradient.
    var isRecurrent: Bool { get }

    /// Whether its output depends on learned numbers of its own.
    var hasParameters: Bool { get }

    /// Multiply-adds of one step of one sequence, forward.
    var multiplyAdds: Int { get }

    /// Brings the weights into the form that the products want. Call it after each change of the parameters.
    func prepare(_ values: ParameterVector<S>)

    /// The layer with memory for a batch.
    ///
    /// - Parameters:
    ///   - input: the sequence that it reads.
    ///   - output: the sequence that it writes.
    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S>
}

extension Layer {
    var isPointwise: Bool { false }
    var isRecurrent: Bool { false }
    var hasParameters: Bool { false }
    var multiplyAdds: Int { 0 }
    func prepare(_ values: ParameterVector<S>) {}
}

/// A layer with the memory of a batch of sequences.
package protocol UnrolledLayer<S>: AnyObject {
    associatedtype S: Scalar

    /// Computes the output of the steps from their input. Steps come in order, starting from 0.
    func forward(_ steps: Range<Int>)

    /// Forgets the gradients of the last backward pass.
    func clearGradients()

    /// Adds the gradient of the input from the output's, which is complete. Steps come in reverse order.
    func backward(_ steps: Range<Int>)

    /// Adds the gradient of the parameters, once backward has seen every step.
    func addParameterGradients(to gradient: ParameterVector<S>)
}

extension UnrolledLayer {
    func clearGradients() {}
    func addParameterGradients(to gradient: ParameterVector<S>) {}
}

/// A sequence of feature maps and its gradient: what flows from layer to layer.
package struct FeatureSequence<S: Scalar> {
    package let shape: FeatureShape
    package let steps, batch: Int

    /// (time, batch, height, width, channels).
    package let values: Tensor<S>

    /// In the shape of `values`; nil where nothing that is learned lies before it.
    package let gradient: Tensor<S>?

    package init(_ shape: FeatureShape, steps: Int, batch: Int, needsGradient: Bool) {
        let extents = [steps, batch, shape.height, shape.width, shape.channels]
        self.init(shape, Tensor(shape: extents), gradient: needsGradient ? Tensor(shape: extents) : nil)
    }

    /// Values of its own, with the gradient of another sequence of the same shape.
    init(sharingGradientOf other: FeatureSequence) {
        self.init(other.shape, Tensor(shape: other.values.shape), gradient: other.gradient)
    }

    private init(_ shape: FeatureShape, _ values: Tensor<S>, gradient: Tensor<S>?) {
        (self.shape, self.values, self.gradient) = (shape, values, gradient)
        (steps, batch) = (values.shape[0], values.shape[1])
    }

    /// Some of its steps, in the same memory.
    func window(_ range: Range<Int>) -> FeatureSequence {
        FeatureSequence(shape, values[range], gradient: gradient?[range])
    }

    /// The gradient of a sequence that a layer with learned numbers wrote.
    var requiredGradient: Tensor<S> {
        guard let gradient else { preconditionFailure("backward through a layer without gradient") }
        return gradient
    }
}
