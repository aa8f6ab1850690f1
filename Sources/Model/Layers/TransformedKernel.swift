// A kernel in the Winograd domain, for the directions in which it is used.

import Kernels

struct TransformedKernel<S: Scalar> {
    /// The numbers of input channels and output channels.
    let rows, columns: Int

    private let towardsOutput, towardsInput: TransformedWeights<S>?

    struct Directions: OptionSet {
        let rawValue: Int

        /// From the convolution's input to its output.
        static var forward: Directions { Directions(rawValue: 1) }

        /// From the gradient of its output to that of its input, or from the input of a transposed convolution to its
        /// output.
        static var backward: Directions { Directions(rawValue: 2) }
    }

    init(_ geometry: WinogradGeometry, rows: Int, columns: Int, _ directions: Directions) {
        (self.rows, self.columns) = (rows, columns)
        towardsOutput =
            directions.contains(.forward) ? TransformedWeights(geometry, rows: rows, columns: columns) : nil
        towardsInput =
            directions.contains(.backward) ? TransformedWeights(geometry, rows: columns, columns: rows) : nil
    }

    var forward: TransformedWeights<S> { used(towardsOutput) }
    var backward: TransformedWeights<S> { used(towardsInput) }

    private func used(_ weights: TransformedWeights<S>?) -> TransformedWeights<S> {
        guard let weights else { preconditionFailure("a product in a direction that the network does not compute") }
        return weights
    }

    /// - Parameter kernel: (kernel x kernel x rows, columns).
    func prepare(_ kernel: Tensor<S>) {
        towardsOutput?.transform(kernel)
        towardsInput?.transform(transposed: [kernel])
    }
}
