// One thread's memory, and the passes that it makes over some of the sequences of its virtual ranks. The choice: memory
// for the sizes of the usual batch is laid out once; of other sizes, such as an epoch's last batch has, there is one at
// a time.

import Supervision
import Formats
import DataLoading
import Configuration
import Kernels
import Model

/// What the passes of all threads have in common, and none of them changes.
struct StepContext {
    let network: Network<Float>
    let model: SystemDescription
    let loader: BatchLoader
    let sampling: FrameSampling

    /// What the errors of a batch are multiplied with.
    func scale(sequences: Int) -> Double { model.errorScale(sequences: sequences, frame: network.frame) }
}

extension SystemDescription {
    /// What the errors of a batch of so many sequences are multiplied with.
    package func errorScale(sequences: Int, frame: FeatureShape) -> Double {
        let frames = self.sequences.outputFrames
        return loss.scale(sequences: sequences, frames: frames, elements: frames * frame.count)
    }
}

final class PassWorkspace {
    /// Sequences that are worked through at once, of one virtual rank.
    struct Part {
        /// Numbers in the source.
        let sequences: ArraySlice<Int>

        /// The place of the first one in the global batch.
        let first: Int

        /// Sequences of all virtual ranks.
        let globalBatch: Int
    }

    /// Where this thread's time went since it was last replaced.
    var times = PhaseTimes()

    private let context: StepContext
    private let movesAverages: Bool
    private let sum: (inout [Double]) -> Double
    private var usual: [Int: Memory] = [:]
    private var other: Memory?

    /// What `load` left for `learn`.
    private var loaded: (memory: Memory, globalBatch: Int)?

    private struct Memory {
        let unrolled: UnrolledNetwork<Float>
        let target: Tensor<Float>
    }

    /// - Parameters:
    ///   - sizes: of the parts that the usual batch has.
    ///   - movesAverages: whether its passes move the network's moving averages.
    ///   - sum: adds up numbers over all virtual ranks, for batch normalization, and returns the seconds of the
    ///     exchange.
    init(_ context: StepContext, sizes: Set<Int>, movesAverages: Bool, sum: @escaping (inout [Double]) -> Double) throws
    {
        (self.context, self.movesAverages, self.sum) = (context, movesAverages, sum)
        for size in sizes { usual[size] = try newMemory(for: size) }
    }

    private func newMemory(for size: Int) throws -> Memory {
        let unrolled = try UnrolledNetwork(
            context.network, batch: size, Unrolling(context.model.sequences), movesAverages: movesAverages,
            sum: { [unowned self] elements in times.exchange(of: sum(&elements)) })
        return Memory(unrolled: unrolled, target: context.loader.target(batch: size))
    }

    private func memory(for size: Int) throws -> Memory {
        if let known = usual[size] { return known }
        if let other, other.unrolled.batch == size { return other }
        (other, loaded) = (nil, nil)
        let new = try newMemory(for: size)
        other = new
        return new
    }

    /// Reads a part's sequences.
    ///
    /// - Parameter step: the updates made before this one.
    func load(_ part: Part, step: Int) throws {
        let memory = try memory(for: part.sequences.count), unrolled = memory.unrolled
        unrolled.readsTrueFrames = context.sampling.readsTrueFrames(
            step: step, places: part.first..<part.first + part.sequences.count, frames: unrolled.framesFed)
        try times.measure(.load) {
            try context.loader.load(part.sequences, into: unrolled.input, target: memory.target)
        }
        loaded = (memory, part.globalBatch)
    }

    /// Adds the gradient of what was loaded, and returns its part of the global batch's loss.
    func learn(accumulatingInto gradient: ParameterVector<Float>) -> Double {
        guard let (memory, globalBatch) = loaded else { preconditionFailure("a step without sequences") }
        let unrolled = memory.unrolled
        let loss = times.measure(.forward) {
            unrolled.forward(isTraining: true)
            return context.model.loss.evaluate(
                unrolled.output, memory.target, scale: context.scale(sequences: globalBatch),
                gradient: unrolled.outputGradient)
        }
        times.measure(.backward) { unrolled.backward(accumulatingInto: gradient) }
        return loss
    }

    /// The part that some sequences have of the loss of `total` sequences.
    func loss(of sequences: ArraySlice<Int>, of total: Int) throws -> Double {
        let memory = try memory(for: sequences.count), unrolled = memory.unrolled
        unrolled.readsTrueFrames = unrolled.readsTrueFrames.map { _ in false }
        try context.loader.load(sequences, into: unrolled.input, target: memory.target)
        unrolled.forward()
        return context.model.loss.evaluate(
            unrolled.output, memory.target, scale: context.scale(sequences: total), gradient: nil)
    }
}
