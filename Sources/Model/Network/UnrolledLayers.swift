// The order in which unrolled layers run, and over which steps at a time. Backward takes the same list from its end.

import Kernels

/// The layers of a unrolled network in their order, and the cycle among them, if outputs are read again.
struct UnrolledLayers<S: Scalar> {
    /// A layer over some of its steps.
    typealias Run = (unrolled: any UnrolledLayer<S>, steps: Range<Int>)

    /// Every layer with the number of its steps.
    private(set) var all: [(unrolled: any UnrolledLayer<S>, steps: Int)] = []

    /// Layers of which the first reads what the last gives.
    private var cycle: Cycle?

    struct Cycle {
        var layers: Range<Int>

        /// Steps that need no output, and from which on each needs the output `lag` steps before.
        var known, lag: Int

        /// Whether the outputs are frames, which may be known beforehand.
        var isOfFrames: Bool
    }

    mutating func append(_ layer: any UnrolledLayer<S>, steps: Int) { all.append((layer, steps)) }

    /// Ends the cycle that began with layer `first` at the last layer so far.
    mutating func closeCycle(from first: Int, known: Int, lag: Int, isOfFrames: Bool) {
        cycle = Cycle(layers: first..<all.count, known: known, lag: lag, isOfFrames: isOfFrames)
    }

    /// What to run, one after the other.
    ///
    /// - Parameter isForced: whether every frame is known beforehand.
    func runs(isForced: Bool) -> [Run] {
        func whole(_ range: Range<Int>) -> [Run] { all[range].map { ($0.unrolled, 0..<$0.steps) } }
        guard let cycle, !(isForced && cycle.isOfFrames) else { return whole(0..<all.count) }
        let inside = all[cycle.layers], around = cycle.pieces(of: inside.first!.steps)
        return whole(0..<cycle.layers.lowerBound)
            + around.flatMap { steps in inside.map { ($0.unrolled, steps) } }
            + whole(cycle.layers.upperBound..<all.count)
    }
}

extension UnrolledLayers.Cycle {
    /// The known steps at once, then as many at a time as their inputs are given by the steps before.
    fileprivate func pieces(of steps: Int) -> [Range<Int>] {
        [0..<min(known, steps)] + stride(from: known, to: steps, by: lag).map { $0..<min($0 + lag, steps) }
    }
}
