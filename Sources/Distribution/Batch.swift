// The sequences of one training step, divided among virtual ranks. The choice: a batch knows the part of every
// virtual rank, so that no other code depends on how it was drawn.

/// A global batch: the sequences of all virtual ranks, in the order of the virtual ranks.
package struct Batch<Sequence: Sendable & Equatable>: Sendable, Equatable {
    package let sequences: [Sequence]

    /// The first index of each virtual rank's part, and the end of the last one.
    private let bounds: [Int]

    /// - Parameter bounds: the bounds of the parts, as `VirtualRanks.bounds` returns them.
    package init(_ sequences: [Sequence], bounds: [Int]) {
        precondition(bounds.last == sequences.count, "parts of \(bounds.last ?? 0) of \(sequences.count) sequences")
        (self.sequences, self.bounds) = (sequences, bounds)
    }

    /// A batch divided among virtual ranks as evenly as possible.
    package init(_ sequences: [Sequence], of virtualRanks: VirtualRanks) {
        self.init(sequences, bounds: virtualRanks.bounds(batch: sequences.count))
    }

    /// The global batch size.
    package var count: Int { sequences.count }

    /// The same batch with every sequence mapped to another identifier.
    package func map<Other>(_ name: (Sequence) throws -> Other) rethrows -> Batch<Other> {
        Batch<Other>(try sequences.map(name), bounds: bounds)
    }

    /// The indices of a virtual rank's sequences within the batch.
    package func indices(of virtualRank: Int) -> Range<Int> { bounds[virtualRank]..<bounds[virtualRank + 1] }
}
