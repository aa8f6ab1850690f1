// The convolutions between the states of a ConvLSTM and the preactivations of its gates, forward and backward. The
// choice: one protocol for two algorithms, im2col lowering (the reference) and Winograd transforms (the fast one).
//
//     a_t = W_x * x_t + W_h * h_{t-1}
//     dx_t += W_x' da_t      dh_{t-1} += W_h' da_t      dW_x += x_t (x) da_t      dW_h += h_{t-1} (x) da_t

import Kernels

/// The convolutions of one unrolled layer.
///
/// Images of a batch pass through a time step in groups; each call processes one step of one group.
protocol GateConvolution<S>: AnyObject {
    associatedtype S: Scalar

    /// The number of images of the batch that pass through a step together, forward and backward.
    var imagesAtOnce: Int { get }
    var imagesAtOnceBackward: Int { get }

    /// Does the work that is possible for the inputs of several steps at once.
    func begin(_ steps: Range<Int>)

    /// Computes a_t; h_{t-1} must be complete.
    func preactivations(_ t: Int, images: Range<Int>)

    /// Computes a_t, then the gates and states.
    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>)

    /// Splits the steps into the parts that backward processes together, last part first.
    func parts(of steps: Range<Int>) -> [Range<Int>]

    /// Computes da_t, then adds its contribution to dh_{t-1}; if the part is this step alone, `finish` may do it.
    ///
    /// - Parameter biasGradient: (4 hidden); the sum of da_t is added to it.
    func backward(
        _ t: Int, images: Range<Int>, in part: Range<Int>, step: some StepBackward<S>, biasGradient: Tensor<S>)

    /// Completes dh_{t-1} and dx_t for all t of a part, and adds to the kernel gradients. Call it after backward of each of
    /// these steps.
    func finish(_ part: Range<Int>, images: Range<Int>)

    /// Adds the kernel gradients of all parts since `clearGradients`.
    func addKernelGradients(to gradient: ParameterVector<S>)

    func clearGradients()
}

/// The hidden states that a layer's steps start from: its own output, and for step 0 the last one of another layer.
struct HiddenStates<S: Scalar> {
    let output: FeatureSequence<S>
    let start: FeatureSequence<S>?

    /// Returns the sequence and step that hold h_{t-1}; nil if it is zero.
    func before(_ t: Int) -> (sequence: FeatureSequence<S>, step: Int)? {
        t > 0 ? (output, t - 1) : start.map { ($0, $0.steps - 1) }
    }
}

/// The tensors that the convolutions of an unrolled layer read and write.
struct GateOperands<S: Scalar> {
    let layer: ConvLSTMLayer<S>

    /// nil for zeros.
    let input: FeatureSequence<S>?

    /// nil for a layer that does not read its hidden state.
    let hidden: HiddenStates<S>?

    /// The preactivations a, later what is kept of them for backward, by im2col at last their gradient da: (height, width,
    /// 4 hidden) each.
    let gates: StepMemory<S>

    /// The number of time steps of the whole sequence, and of its sequences.
    let steps, batch: Int
}

/// Maps of some of the steps and images of a sequence, which others replace. The images of a group, the unit that passes
/// through a step, are next to one another.
struct StepMemory<S: Scalar> {
    /// (steps in memory, images in memory, height, width, channels). Step t has the index t modulo the steps in memory;
    /// images likewise.
    let tensor: Tensor<S>

    init(steps: Int, images: Int, _ shape: FeatureShape) {
        tensor = Tensor(steps, images, shape.height, shape.width, shape.channels)
    }

    /// Returns the maps of a group of images at step t.
    func step(_ t: Int, images: Range<Int>) -> Tensor<S> {
        let first = tensor.shape[1] > 0 ? images.lowerBound % tensor.shape[1] : 0
        return tensor[cyclic: t][first..<first + images.count]
    }
}
