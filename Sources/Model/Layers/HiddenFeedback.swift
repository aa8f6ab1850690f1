// The feedback of a hidden state: the input of a forecaster that continues from its own last layer.
//
//     v_0 = h_T of the encoder         v_t = h_{t-1} of the forecaster

import Kernels

final class HiddenFeedback<S: Scalar>: UnrolledLayer {
    /// The output of the forecaster's last layer; set when all layers are laid out.
    var own: FeatureSequence<S>?

    private let first, output: FeatureSequence<S>

    init(first: FeatureSequence<S>, output: FeatureSequence<S>) {
        (self.first, self.output) = (first, output)
    }

    func forward(_ steps: Range<Int>) {
        for t in steps { output.values[t].copy(from: t == 0 ? first.values[first.steps - 1] : own!.values[t - 1]) }
    }

    func backward(_ steps: Range<Int>) {
        guard let dv = output.gradient else { return }
        for t in steps.reversed() {
            guard let dh = t == 0 ? first.gradient?[first.steps - 1] : own!.gradient?[t - 1] else { continue }
            add(dv[t], accumulatingInto: dh)
        }
    }
}
