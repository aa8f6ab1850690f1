// The sequences of one training step, as virtual ranks share them. The choice: a value that knows the part of every
// virtual rank, so that nobody else needs to know how a batch came about.

/// A global batch: the sequences of all virtual ranks, one virtual rank after the other.
package struct Batch<Sequence: Sendable & Equatable>: Sendable, Equatable {
    package let sequences: [Sequence]

    /// Where the part of each virtual rank begins, and where the last one ends.
    private let bounds: [Int]

    /// - Parameter bounds: the bounds of the parts, as `VirtualRanks.bounds` gives them.
    package init(_ sequences: [Sequence], bounds: [Int]) {
        precondition(bounds.last == sequences.count, "parts of \(bounds.last ?? 0) of \(sequences.count) sequences")
        (self.sequences, self.bounds) = (sequences, bounds)
    }

    /// A batch that virtual ranks share as evenly as possible.
    package init(_ sequences: [Sequence], of virtualRanks: VirtualRanks) {
        self.init(sequences, bounds: virtualRanks.bounds(batch: sequences.count))
    }

    /// The global batch size.
    package var count: Int { sequences.count }

    /// The same batch with its sequences named in another way.
    package func map<Other>(_ name: (Sequence) throws -> Other) rethrows -> Batch<Other> {
        Batch<Other>(try sequences.map(name), bounds: bounds)
    }

    /// The indices, within the batch, of a virtual rank's sequences.
    package func indices(of virtualRank: Int) -> Range<Int> { bounds[virtualRank]..<bounds[virtualRank + 1] }
}
