// The memory of the feature maps between a network's layers. The choice: in a forecast the maps that no later layer reads
// give their memory to the next ones, so that a deep network takes that of a few layers; in training each keeps its own.

import Kernels

/// Memory for sequences of feature maps, in the order in which layers write and read them.
struct MapMemory<S: Scalar> {
    private let use: NetworkUse

    /// Flat memory that no sequence is in.
    private var free: [Tensor<S>] = []

    /// Memory whose sequence is no longer read, except in the cycle that is being laid out, whose layers run again and
    /// again.
    private var waiting: [Tensor<S>] = []

    private var isInCycle = false

    init(for use: NetworkUse) { self.use = use }

    /// Returns a sequence, and its memory to be given back.
    mutating func sequence(
        _ shape: FeatureShape, steps: Int, batch: Int, needsGradient: Bool
    ) -> (sequence: FeatureSequence<S>, memory: Tensor<S>) {
        if use == .training {
            let new = FeatureSequence<S>(shape, steps: steps, batch: batch, needsGradient: needsGradient)
            return (new, new.values)
        }
        let memory = taken(steps * batch * shape.count)
        return (FeatureSequence(shape, steps: steps, batch: batch, in: memory), memory)
    }

    /// The smallest free memory of at least `count` elements.
    private mutating func taken(_ count: Int) -> Tensor<S> {
        let fitting = free.indices.filter { free[$0].count >= count }
        guard let best = fitting.min(by: { free[$0].count < free[$1].count }) else { return Tensor(count) }
        return free.remove(at: best)
    }

    /// Takes back the memory of a sequence that no later layer reads.
    mutating func giveBack(_ memory: Tensor<S>) {
        guard use == .forecasts else { return }
        if isInCycle { waiting.append(memory) } else { free.append(memory) }
    }

    /// Begins a cycle: until its end, layers that come later run before earlier ones too.
    mutating func beginCycle() { isInCycle = true }

    mutating func endCycle() {
        isInCycle = false
        free += waiting
        waiting = []
    }
}
