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

    /// Numbers that the layer holds once unrolled, besides its input and output.
    func elements(steps: Int, batch: Int) -> Int

    /// The maps that it wants in the Winograd domain; nil for none.
    var transformDemand: TransformDemand? { get }

    /// Brings the weights into the form that the products want. Call it after each change of the parameters.
    func prepare(_ values: ParameterVector<S>)

    /// The layer with memory for a batch.
    ///
    /// - Parameters:
    ///   - input: what it reads; nil stands for zeros.
    ///   - output: what it writes.
    ///   - start: the unrolled layer whose final state this one starts from.
    func unrolled(
        input: FeatureSequence<S>?, output: FeatureSequence<S>, start: (any UnrolledLayer<S>)?,
        context: UnrollingContext<S>
    ) -> any UnrolledLayer<S>
}

/// Maps that a layer works with in the Winograd domain, beside those that it reads and writes.
package struct TransformDemand: Sendable {
    let geometry: WinogradGeometry

    /// Channels of what it reads, 0 if that is not transformed; of its own hidden state, 0 for none; and of its
    /// products.
    let input, hidden, outputs: Int

    /// Its maps with their channels.
    var contents: [(content: MapContent, channels: Int)] {
        [(.input, input), (.hidden, hidden), (.product, outputs), (.gradient, max(input, hidden))]
    }

    /// Tiles that make a product long enough, and are few enough to stay in a cache: each product passes over all
    /// weights, which weigh more the more channels there are.
    private var enoughTiles: Int { max(128, outputs / 2) }

    /// Images that go through a step together, about as many in each group.
    func imagesAtOnce(batch: Int) -> Int {
        let most = max(1, enoughTiles / geometry.tiles), groups = max(1, (batch + most - 1) / most)
        return max(1, (batch + groups - 1) / groups)
    }

    /// Steps that backward takes together where the whole batch is not enough: it reads and writes the weights'
    /// gradient, so products want to be twice as long.
    func stepsAtOnce(batch: Int) -> Int { max(1, 2 * enoughTiles / max(1, batch * geometry.tiles)) }
}

extension Layer {
    var transformDemand: TransformDemand? { nil }
    var isPointwise: Bool { false }
    var isRecurrent: Bool { false }
    var hasParameters: Bool { false }
    var multiplyAdds: Int { 0 }
    func elements(steps: Int, batch: Int) -> Int { 0 }
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
