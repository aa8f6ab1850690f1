// The memory of one thread, with its forward and backward passes over micro-batches. The choice: memory for the
// regular micro-batch sizes is allocated once; for other sizes, such as that of an epoch's last batch, there is
// memory for one at a time.

import Configuration
import DataLoading
import Kernels
import Model
import Supervision

/// The inputs of a step that all threads share and none modifies.
struct StepContext {
    let network: Network<Float>
    let system: SystemDescription
    let loader: BatchLoader
    let sampling: FrameSampling

    /// The system's loss of the network's values.
    let loss: Loss

    /// The factor of the errors in the loss of a global batch.
    func scale(sequences: Int) -> Double { system.errorScale(sequences: sequences, frame: network.frame) }
}

extension SystemDescription {
    /// The factor of the errors in the loss of `sequences` sequences.
    package func errorScale(sequences: Int, frame: FeatureShape) -> Double {
        let frames = self.sequences.outputFrames
        return loss.scale(sequences: sequences, frames: frames, elements: frames * frame.count)
    }

    /// The factor by which the loss of `sequences` sequences and its gradient grow because pixels are missing.
    package func correction(valid: Int, sequences: Int, frame: FeatureShape) -> Double {
        loss.correction(valid: valid, of: sequences * self.sequences.outputFrames * frame.count)
    }
}

/// Sequences of one virtual rank that pass through the network together.
struct MicroBatch {
    let sequences: ArraySlice<SequenceID>

    /// The index of the first sequence within the global batch.
    let first: Int

    /// The global batch size.
    let globalBatch: Int
}

final class PassWorkspace {
    /// The times of this thread by phase, since this was last replaced.
    var times = PhaseTimes()

    private let context: StepContext
    private let movesAverages: Bool
    private let allReduce: (inout [Double]) -> Double
    private var usual: [Int: Memory] = [:]
    private var other: Memory?

    /// Memory for micro-batches of one size.
    fileprivate struct Memory {
        let unrolled: UnrolledNetwork<Float>
        let target: Tensor<Float>
    }

    /// A loaded micro-batch, ready for its forward and backward pass; valid until the next one is loaded.
    struct Loaded {
        fileprivate let memory: Memory
        fileprivate let globalBatch: Int
    }

    /// - Parameters:
    ///   - sizes: the sizes of its micro-batches, for all of which memory is allocated now.
    ///   - movesAverages: whether forward passes update the network's moving averages.
    ///   - allReduce: sums values over all virtual ranks, for batch normalization; returns the seconds that this
    ///     took.
    init(
        _ context: StepContext, sizes: RankShares.Sizes, movesAverages: Bool,
        allReduce: @escaping (inout [Double]) -> Double
    ) throws {
        (self.context, self.movesAverages, self.allReduce) = (context, movesAverages, allReduce)
        for size in sizes.usual { usual[size] = try newMemory(for: size) }
        if sizes.largestOther > 0 { other = try newMemory(for: sizes.largestOther) }
    }

    private func newMemory(for size: Int) throws -> Memory {
        let unrolled = try UnrolledNetwork(
            context.network, batch: size, Unrolling(context.system.sequences), movesAverages: movesAverages,
            sum: { [unowned self] values in times.exchange(of: allReduce(&values)) })
        return Memory(unrolled: unrolled, target: context.loader.target(batch: size))
    }

    private func memory(for size: Int) throws -> Memory {
        if let known = usual[size] { return known }
        if let other, other.unrolled.batch == size { return other }
        other = nil
        let new = try newMemory(for: size)
        other = new
        return new
    }

    /// Loads a micro-batch.
    ///
    /// - Parameter step: the number of updates made before this one.
    func load(_ part: MicroBatch, step: Int) throws -> Loaded {
        let memory = try memory(for: part.sequences.count), unrolled = memory.unrolled
        unrolled.readsTrueFrames = context.sampling.readsTrueFrames(
            step: step, places: part.first..<part.first + part.sequences.count, frames: unrolled.framesFed)
        try times.measure(.load) {
            try context.loader.load(part.sequences, into: unrolled.input, target: memory.target)
        }
        return Loaded(memory: memory, globalBatch: part.globalBatch)
    }

    /// Accumulates a micro-batch's gradient, and returns its part of the global batch's loss.
    func computeGradient(
        of loaded: Loaded, _ weights: PreparedNetwork<Float>, accumulatingInto gradient: ParameterVector<Float>
    ) -> LossSum {
        let unrolled = loaded.memory.unrolled
        let loss = times.measure(.forward) {
            unrolled.forward(weights, isTraining: true)
            return context.loss.evaluate(
                unrolled.output, loaded.memory.target, scale: context.scale(sequences: loaded.globalBatch),
                gradient: unrolled.outputGradient)
        }
        times.measure(.backward) { unrolled.backward(accumulatingInto: gradient) }
        return loss
    }

    /// The contribution of some sequences to the loss of `total` sequences, without training.
    func loss(of sequences: ArraySlice<SequenceID>, of total: Int, _ weights: PreparedNetwork<Float>) throws -> LossSum
    {
        let memory = try memory(for: sequences.count), unrolled = memory.unrolled
        unrolled.readsTrueFrames = unrolled.readsTrueFrames.map { _ in false }
        try context.loader.load(sequences, into: unrolled.input, target: memory.target)
        unrolled.forward(weights)
        return context.loss.evaluate(
            unrolled.output, memory.target, scale: context.scale(sequences: total), gradient: nil)
    }
}
