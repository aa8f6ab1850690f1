// A sequence of frames of which the first are known and the later ones may be the network's own. The choice: teacher
// forcing, scheduled sampling and free rollouts are one layer, which is told for each frame and sequence which of the
// two to read.
//
//     x_n = true frame n                          n < known, or where requested
//     x_n = y_{n - lag}                           else, y the network's outputs

import Kernels

final class FrameFeedback<S: Scalar>: UnrolledLayer {
    let known, lag: Int

    /// The choice for each frame after the known ones, row-major: (steps - known, batch).
    var readsTrueFrames: [Bool]

    /// The output of the network; set when all layers are laid out.
    var own: FeatureSequence<S>?

    private let truth, output: FeatureSequence<S>

    init(_ truth: FeatureSequence<S>, known: Int, lag: Int, output: FeatureSequence<S>) {
        (self.truth, self.known, self.lag, self.output) = (truth, known, lag, output)
        readsTrueFrames = [Bool](repeating: false, count: (truth.steps - known) * truth.batch)
    }

    func forward(_ steps: Range<Int>) {
        forEachFrame(of: steps) { n, sequence, readsTruth in
            let source = readsTruth ? truth.values[n] : own!.values[n - lag]
            output.values[n][sequence].copy(from: source[sequence])
        }
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = output.gradient, let dy = own?.gradient else { return }
        forEachFrame(of: steps) { n, sequence, readsTruth in
            if !readsTruth { add(dx[n][sequence], accumulatingInto: dy[n - lag][sequence]) }
        }
    }

    private func forEachFrame(of steps: Range<Int>, _ body: (_ n: Int, _ sequence: Int, _ readsTruth: Bool) -> Void) {
        for n in steps {
            for sequence in 0..<output.batch {
                body(n, sequence, n < known || readsTrueFrames[(n - known) * output.batch + sequence])
            }
        }
    }
}
