// The eight parts of a batch, each with its gradient. The choice: the parts depend on the batch alone and their gradients are
// added along a tree, so that no bit depends on which thread computes which of them.

import Kernels
import Model
import Platform

/// The memory of batches of one shape, and the gradient of their loss.
final class BatchParts {
    /// The number of parts; some are empty in smaller batches.
    static let count = 8

    let sequenceCount: Int
    let unrolling: Unrolling
    private let network: Network<Float>
    private let loss: Model.Loss
    private let parts: [Part]

    private final class Part {
        let sequences: Range<Int>

        /// nil for a part without sequences, whose gradient stays 0.
        let pass: (unrolled: UnrolledNetwork<Float>, target: Tensor<Float>)?

        let gradient: ParameterVector<Float>
        var loss = 0.0

        init(_ network: Network<Float>, _ sequences: Range<Int>, _ unrolling: Unrolling) throws(ModelError) {
            self.sequences = sequences
            gradient = ParameterVector(network.layout)
            guard !sequences.isEmpty else {
                pass = nil
                return
            }
            let unrolled = try UnrolledNetwork(network, batch: sequences.count, unrolling)
            pass = (unrolled, Tensor(shape: unrolled.output.shape))
        }
    }

    /// Throws if there is not enough memory.
    init(
        _ network: Network<Float>, sequences: Int, _ unrolling: Unrolling, _ loss: Model.Loss
    ) throws(ConvLSTMError) {
        (self.network, sequenceCount, self.unrolling, self.loss) = (network, sequences, unrolling, loss)
        parts = try ConvLSTMError.wrapping {
            let parts = (0..<Self.count).map { (0..<sequences).part($0, of: Self.count) }
            func allParts() throws -> [Part] { try parts.map { try Part(network, $0, unrolling) } }
            let isCountable = network.isCountable(batch: sequences, unrolling)
            let bytes = isCountable ? try MemoryCount.bytes(of: allParts) : Network<Float>.uncountable
            try Memory.require(
                bytes,
                for: "a step of \(sequences) sequences of \(unrolling.inputFrames) and \(unrolling.outputFrames) frames"
            )
            return try allParts()
        }
    }

    /// Returns the loss of a batch and its gradient, in memory that the next call overwrites.
    func computeGradient(
        _ inputs: VideoBatch, _ targets: VideoBatch, _ weights: PreparedNetwork<Float>, on pool: ThreadPool
    ) -> (loss: Double, gradient: ParameterVector<Float>) {
        let frames = unrolling.outputFrames
        let scale = loss.scale(sequences: sequenceCount, frames: frames, elements: frames * network.frame.count)
        pool.forEach(parts.count) { [parts, loss] number in
            let part = parts[number]
            part.gradient.flat.fill(0)
            part.loss = 0
            guard let (unrolled, target) = part.pass else { return }
            inputs.copy(part.sequences, into: unrolled.input)
            targets.copy(part.sequences, into: target)
            unrolled.forward(weights, isTraining: true)
            part.loss = loss.evaluate(unrolled.output, target, scale: scale, gradient: unrolled.outputGradient).value
            unrolled.backward(accumulatingInto: part.gradient)
        }
        sum(on: pool)
        return (parts[0].loss, parts[0].gradient)
    }

    /// Adds neighbors, then pairs of neighbors, and so on, into the first part.
    private func sum(on pool: ThreadPool) {
        var distance = 1
        while distance < parts.count {
            for left in stride(from: 0, to: parts.count, by: 2 * distance) {
                pool.add(parts[left + distance].gradient.flat, accumulatingInto: parts[left].gradient.flat)
                parts[left].loss += parts[left + distance].loss
            }
            distance *= 2
        }
    }
}
