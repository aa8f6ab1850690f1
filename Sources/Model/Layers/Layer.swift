// The protocols of a network's layers: as built, and as unrolled over the time steps of a batch.
//
// A layer holds slots, sizes and, between two updates of the parameters, the weights in the form that its products
// need. An unrolled layer holds memory: in training all activations that backward needs. Forward and backward take ranges of steps,
// so that a network may run each layer over the whole sequence (one large product for all inputs) or, where predictions
// are fed back, all layers over one step.

import Kernels

/// A layer of a network, without the memory of any sequence.
protocol Layer<S>: AnyObject {
    associatedtype S: Scalar

    var outputShape: FeatureShape { get }

    /// Whether each element of the output is a function of one element of the input, so that the gradient can be
    /// computed in place.
    var isPointwise: Bool { get }

    /// Whether a time step reads the output of the previous step, so that backward adds to the output's gradient.
    var isRecurrent: Bool { get }

    /// Whether the layer has parameters that its output depends on.
    var hasParameters: Bool { get }

    /// The multiply-adds of the forward pass of one step of one sequence.
    var multiplyAdds: Int { get }

    /// Brings the weights into the form that the products want. Call it after each change of the parameters.
    func prepare(_ values: ParameterVector<S>)

    /// Returns the layer with memory for a batch.
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

    /// Computes the output of the steps from their input. Steps come in order, starting at 0.
    func forward(_ steps: Range<Int>)

    /// Clears the gradients of the last backward pass.
    func clearGradients()

    /// Adds to the gradient of the input. The gradient of the output must be complete. Steps come in reverse order.
    func backward(_ steps: Range<Int>)

    /// Adds the gradient of the parameters. Call it after backward of every step.
    func addParameterGradients(to gradient: ParameterVector<S>)
}

extension UnrolledLayer {
    func clearGradients() {}
    func addParameterGradients(to gradient: ParameterVector<S>) {}
}

/// A sequence of feature maps and its gradient, which connects two layers.
package struct FeatureSequence<S: Scalar> {
    package let shape: FeatureShape
    package let steps, batch: Int

    /// The feature maps: (time, batch, height, width, channels).
    package let values: Tensor<S>

    /// The gradient in the shape of `values`; nil if no layer before it has parameters.
    package let gradient: Tensor<S>?

    package init(_ shape: FeatureShape, steps: Int, batch: Int, needsGradient: Bool) {
        let extents = [steps, batch, shape.height, shape.width, shape.channels]
        self.init(shape, Tensor(shape: extents), gradient: needsGradient ? Tensor(shape: extents) : nil)
    }

    /// Creates a sequence without gradient in the first elements of flat memory.
    init(_ shape: FeatureShape, steps: Int, batch: Int, in memory: Tensor<S>) {
        let extents = [steps, batch, shape.height, shape.width, shape.channels]
        self.init(shape, memory[0..<extents.reduce(1, *)].reshaped(extents), gradient: nil)
    }

    /// Creates a sequence with values of its own that shares the gradient of another sequence of the same shape.
    init(sharingGradientOf other: FeatureSequence) {
        self.init(other.shape, Tensor(shape: other.values.shape), gradient: other.gradient)
    }

    private init(_ shape: FeatureShape, _ values: Tensor<S>, gradient: Tensor<S>?) {
        (self.shape, self.values, self.gradient) = (shape, values, gradient)
        (steps, batch) = (values.shape[0], values.shape[1])
    }

    /// Returns a view of a range of steps.
    func window(_ range: Range<Int>) -> FeatureSequence {
        FeatureSequence(shape, values[range], gradient: gradient?[range])
    }

    /// The gradient of a sequence that depends on parameters.
    var requiredGradient: Tensor<S> {
        guard let gradient else { preconditionFailure("backward through a layer without gradient") }
        return gradient
    }
}
