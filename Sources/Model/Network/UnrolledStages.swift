// The order in which unrolled stages run, and over which steps at a time. Backward takes the same list from its end.

import Kernels

/// The stages of a trace in their order, and the cycle among them, if outputs are read again.
struct UnrolledStages<S: Scalar> {
    /// A stage over some of its steps.
    typealias Run = (stage: any UnrolledStage<S>, steps: Range<Int>)

    /// Every stage with the number of its steps.
    private(set) var all: [(stage: any UnrolledStage<S>, steps: Int)] = []

    /// Stages of which the first reads what the last gives.
    private var cycle: Cycle?

    struct Cycle {
        var stages: Range<Int>

        /// Steps that need no output, and from which on each needs the output `lag` steps before.
        var known, lag: Int

        /// Whether the outputs are frames, which may be known beforehand.
        var isOfFrames: Bool
    }

    mutating func append(_ stage: any UnrolledStage<S>, steps: Int) { all.append((stage, steps)) }

    /// Ends the cycle that began with stage `first` at the last stage so far.
    mutating func closeCycle(from first: Int, known: Int, lag: Int, isOfFrames: Bool) {
        cycle = Cycle(stages: first..<all.count, known: known, lag: lag, isOfFrames: isOfFrames)
    }

    /// What to run, one after the other.
    ///
    /// - Parameter isForced: whether every frame is known beforehand.
    func runs(isForced: Bool) -> [Run] {
        func whole(_ range: Range<Int>) -> [Run] { all[range].map { ($0.stage, 0..<$0.steps) } }
        guard let cycle, !(isForced && cycle.isOfFrames) else { return whole(0..<all.count) }
        let inside = all[cycle.stages], around = cycle.pieces(of: inside.first!.steps)
        return whole(0..<cycle.stages.lowerBound)
            + around.flatMap { steps in inside.map { ($0.stage, steps) } }
            + whole(cycle.stages.upperBound..<all.count)
    }
}

extension UnrolledStages.Cycle {
    /// The known steps at once, then as many at a time as their inputs are given by the steps before.
    fileprivate func pieces(of steps: Int) -> [Range<Int>] {
        [0..<min(known, steps)] + stride(from: known, to: steps, by: lag).map { $0..<min($0 + lag, steps) }
    }
}
