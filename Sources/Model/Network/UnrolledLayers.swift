// The order in which unrolled layers run, and over which time steps at once. The backward pass runs the same list in
// reverse.

import Platform
import Kernels

/// The layers of an unrolled network in execution order, and the cycle among them if outputs are fed back.
struct UnrolledLayers<S: Scalar> {
    /// A layer with the range of steps that it runs over.
    typealias Run = (unrolled: any UnrolledLayer<S>, steps: Range<Int>)

    /// Every layer with its number of steps.
    private(set) var all: [(unrolled: any UnrolledLayer<S>, steps: Int)] = []

    /// The range of layers of which the first reads the output of the last.
    private var cycle: Cycle?

    struct Cycle {
        var layers: Range<Int>

        /// The number of steps that need no output; each later step needs the output `lag` steps earlier.
        var known, lag: Int

        /// Whether the outputs are frames, which may be known in advance.
        var isOfFrames: Bool
    }

    mutating func append(_ layer: any UnrolledLayer<S>, steps: Int) { all.append((layer, steps)) }

    /// Closes the cycle from layer `first` to the last layer so far.
    mutating func closeCycle(from first: Int, known: Int, lag: Int, isOfFrames: Bool) {
        cycle = Cycle(layers: first..<all.count, known: known, lag: lag, isOfFrames: isOfFrames)
    }

    /// Returns the runs in execution order.
    ///
    /// - Parameter isForced: whether every frame is known in advance (teacher forcing).
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
    /// Splits the steps: first all known steps, then as many at a time as have known inputs.
    fileprivate func pieces(of steps: Int) -> [Range<Int>] {
        [0..<min(known, steps)] + (known..<max(known, steps)).chunks(of: lag)
    }
}
