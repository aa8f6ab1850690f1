// One thread's memory, and the passes that it makes over some of the sequences of its lanes. The choice: memory for the
// sizes of the usual batch is laid out once; of other sizes, such as an epoch's last batch has, there is one at a time.

import Supervision
import Formats
import DataLoading
import Configuration
import Kernels
import Model

/// What the passes of all threads have in common, and none of them changes.
struct Lesson {
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
        return loss.scale(sequences: sequences, frames: frames, numbers: frames * frame.count)
    }
}

final class LaneWorkspace {
    /// Sequences that are worked through at once, of one lane.
    struct Part {
        /// Numbers in the source.
        let sequences: ArraySlice<Int>

        /// The place of the first one in the global batch.
        let first: Int

        /// Sequences of all lanes.
        let globalBatch: Int
    }

    /// Where this thread's time went since it was last replaced.
    var times = PhaseTimes()

    private let lesson: Lesson
    private let movesAverages: Bool
    private let sum: (inout [Double]) -> Double
    private var usual: [Int: Memory] = [:]
    private var other: Memory?

    /// What `load` left for `learn`.
    private var loaded: (memory: Memory, globalBatch: Int)?

    private struct Memory {
        let trace: NetworkTrace<Float>
        let target: Tensor<Float>
    }

    /// - Parameters:
    ///   - sizes: of the parts that the usual batch has.
    ///   - movesAverages: whether its passes move the network's moving averages.
    ///   - sum: adds up numbers over all lanes, for batch normalisation, and returns the seconds of the exchange.
    init(_ lesson: Lesson, sizes: Set<Int>, movesAverages: Bool, sum: @escaping (inout [Double]) -> Double) throws {
        (self.lesson, self.movesAverages, self.sum) = (lesson, movesAverages, sum)
        for size in sizes { usual[size] = try newMemory(for: size) }
    }

    private func newMemory(for size: Int) throws -> Memory {
        let trace = try NetworkTrace(
            lesson.network, batch: size, Unrolling(lesson.model.sequences), movesAverages: movesAverages,
            sum: { [unowned self] numbers in times.exchange(of: sum(&numbers)) })
        return Memory(trace: trace, target: lesson.loader.target(batch: size))
    }

    private func memory(for size: Int) throws -> Memory {
        if let known = usual[size] { return known }
        if let other, other.trace.batch == size { return other }
        (other, loaded) = (nil, nil)
        let new = try newMemory(for: size)
        other = new
        return new
    }

    /// Reads a part's sequences.
    ///
    /// - Parameter step: the updates made before this one.
    func load(_ part: Part, step: Int) throws {
        let memory = try memory(for: part.sequences.count), trace = memory.trace
        trace.readsTrueFrames = lesson.sampling.readsTrueFrames(
            step: step, places: part.first..<part.first + part.sequences.count, frames: trace.framesFed)
        try times.measure(.load) { try lesson.loader.load(part.sequences, into: trace.input, target: memory.target) }
        loaded = (memory, part.globalBatch)
    }

    /// Adds the gradient of what was loaded, and returns its part of the global batch's loss.
    func learn(accumulatingInto gradient: ParameterVector<Float>) -> Double {
        guard let (memory, globalBatch) = loaded else { preconditionFailure("a lesson without sequences") }
        let trace = memory.trace
        let loss = times.measure(.forward) {
            trace.forward(isTraining: true)
            return lesson.model.loss.evaluate(
                trace.output, memory.target, scale: lesson.scale(sequences: globalBatch),
                gradient: trace.outputGradient)
        }
        times.measure(.backward) { trace.backward(accumulatingInto: gradient) }
        return loss
    }

    /// The part that some sequences have of the loss of `total` sequences.
    func loss(of sequences: ArraySlice<Int>, of total: Int) throws -> Double {
        let memory = try memory(for: sequences.count), trace = memory.trace
        trace.readsTrueFrames = trace.readsTrueFrames.map { _ in false }
        try lesson.loader.load(sequences, into: trace.input, target: memory.target)
        trace.forward()
        return lesson.model.loss.evaluate(
            trace.output, memory.target, scale: lesson.scale(sequences: total), gradient: nil)
    }
}
