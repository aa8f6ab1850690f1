// The concatenation of several sequences of feature maps along the channels.

import Kernels

final class UnrolledConcatenation<S: Scalar>: UnrolledLayer {
    private let inputs: [FeatureSequence<S>]
    private let output: FeatureSequence<S>

    init(_ inputs: [FeatureSequence<S>], output: FeatureSequence<S>) {
        self.inputs = inputs
        self.output = output
    }

    func forward(_ steps: Range<Int>) {
        forEachInput { input, channels, column in
            copyColumns(
                of: input.values[steps], channels, from: 0, into: output.values[steps], output.shape.channels,
                at: column, count: channels)
        }
    }

    func backward(_ steps: Range<Int>) {
        guard let dy = output.gradient else { return }
        forEachInput { input, channels, column in
            guard let dx = input.gradient else { return }
            addColumns(
                of: dy[steps], output.shape.channels, from: column, accumulatingInto: dx[steps], channels, at: 0,
                count: channels)
        }
    }

    private func forEachInput(_ body: (FeatureSequence<S>, _ channels: Int, _ column: Int) -> Void) {
        var column = 0
        for input in inputs {
            body(input, input.shape.channels, column)
            column += input.shape.channels
        }
    }
}
