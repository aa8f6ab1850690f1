// Between the states of a ConvLSTM and the preactivations of its gates, both ways. Two ways of computing it stand
// behind this one protocol: lowering to matrix products, the plain one, and Winograd convolution, the fast one.
//
//     a_t = W_x * x_t + W_h * h_{t-1}
//     dx_t += W_x' da_t      dh_{t-1} += W_h' da_t      dW_x += x_t (x) da_t      dW_h += h_{t-1} (x) da_t

import Kernels

/// The convolutions of one unrolled layer.
///
/// Steps are worked through image by image or several at once, as `imagesAtOnce` says: a step of some images is all
/// that a call is about.
protocol GateConvolution<S>: AnyObject {
    associatedtype S: Scalar

    /// Images of the batch that go through a step together.
    var imagesAtOnce: Int { get }

    /// Whatever can be done for the inputs of some steps at once.
    func begin(_ steps: Range<Int>)

    /// Sets a_t, once h_{t-1} is there.
    func preactivations(_ t: Int, _ images: Range<Int>)

    /// The same, and the gates' step.
    func forward(_ t: Int, _ images: Range<Int>, _ step: GateStep<S>)

    /// Some steps cut into those that backward takes together, the last ones first.
    func parts(of steps: Range<Int>) -> [Range<Int>]

    /// Adds to dh_{t-1} from da_t, which stands where a_t stood.
    func preactivationsBackward(_ t: Int, _ images: Range<Int>, in part: Range<Int>)

    /// The gates' step backward, and the same.
    ///
    /// - Parameter biasGradient: (4 hidden): the sum of da_t is added.
    func backward(
        _ t: Int, _ images: Range<Int>, in part: Range<Int>, _ step: GateStepBackward<S>, biasGradient: Tensor<S>)

    /// Adds to dx_t for all t of a part, after backward for each.
    func finish(_ part: Range<Int>, _ images: Range<Int>)

    /// Adds the kernels' gradients of all parts since `clearGradients`.
    func addKernelGradients(to gradient: ParameterVector<S>)

    func clearGradients()
}

/// The hidden states that a layer's steps start from: its own output, and before it another layer's last.
struct HiddenStates<S: Scalar> {
    let output: FeatureSequence<S>
    let start: FeatureSequence<S>?

    /// Where h_{t-1} is; nil where it is zero.
    func before(_ t: Int) -> (sequence: FeatureSequence<S>, step: Int)? {
        t > 0 ? (output, t - 1) : start.map { ($0, $0.steps - 1) }
    }
}

/// What an unrolled layer's convolutions read and write.
struct GateOperands<S: Scalar> {
    let layer: ConvLSTMLayer<S>

    /// nil for zeros.
    let input: FeatureSequence<S>?

    /// nil for a layer that does not see its hidden state.
    let hidden: HiddenStates<S>?

    /// (steps in memory, batch, height, width, 4 hidden): a, later da.
    let gates: Tensor<S>

    /// Of the whole sequence.
    let steps: Int

    var batch: Int { gates.shape[1] }

    /// Those of one step.
    func gates(_ t: Int) -> Tensor<S> { gates[cyclic: t] }
}
