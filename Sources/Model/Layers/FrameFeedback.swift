// A sequence of frames of which the first are known and the later ones may be the network's own. The choice: teacher
// forcing, scheduled sampling and free rollouts are one layer, which is told for each frame and sequence which of the
// two to read.
//
//     x_n = true frame n                          n < known, or where requested
//     x_n = y_{n - lag}                           else, y the network's outputs
//
// Where frames have the mask as one more channel, that of y is 1: the network has seen all of its own frames.

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
            let read = output.values[n][sequence]
            if readsTruth {
                read.copy(from: truth.values[n][sequence])
            } else if ownChannels == output.shape.channels {
                read.copy(from: own!.values[n - lag][sequence])
            } else {
                copyObserved(own!.values[n - lag][sequence], into: read)
            }
        }
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = output.gradient, let dy = own?.gradient else { return }
        forEachFrame(of: steps) { n, sequence, readsTruth in
            if readsTruth { return }
            if ownChannels == output.shape.channels {
                add(dx[n][sequence], accumulatingInto: dy[n - lag][sequence])
            } else {
                addObserved(dx[n][sequence], into: dy[n - lag][sequence])
            }
        }
    }

    private var ownChannels: Int { own!.shape.channels }

    /// Copies an output and marks all its pixels as observed.
    private func copyObserved(_ y: Tensor<S>, into x: Tensor<S>) {
        let (from, channels) = (y.span, ownChannels)
        var to = x.mutableSpan
        for pixel in 0..<output.shape.pixels {
            for channel in 0..<channels { to[pixel * (channels + 1) + channel] = from[pixel * channels + channel] }
            to[pixel * (channels + 1) + channels] = 1
        }
    }

    /// Adds the gradient of a frame to that of the output; the mask does not depend on it.
    private func addObserved(_ dx: Tensor<S>, into dy: Tensor<S>) {
        let (from, channels) = (dx.span, ownChannels)
        var to = dy.mutableSpan
        for pixel in 0..<output.shape.pixels {
            for channel in 0..<channels { to[pixel * channels + channel] += from[pixel * (channels + 1) + channel] }
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
