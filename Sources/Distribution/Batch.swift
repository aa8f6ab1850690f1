// The sequences that one update learns from, as virtual ranks share them. The choice: a value that knows every virtual
// rank's places, so that nobody else need know how a batch came about.

/// A global batch: the sequences of all virtual ranks of all ranks.
package struct Batch: Sendable, Equatable {
    /// Numbers in the source, virtual rank after virtual rank.
    package let sequences: [Int]

    /// Where each virtual rank's begin, and where the last one's end.
    private let bounds: [Int]

    /// - Parameter bounds: of `VirtualRanks`.
    package init(_ sequences: [Int], bounds: [Int]) {
        precondition(
            bounds.last == sequences.count, "virtual ranks of \(bounds.last ?? 0) of \(sequences.count) sequences")
        (self.sequences, self.bounds) = (sequences, bounds)
    }

    /// Shared as evenly as can be.
    package init(_ sequences: [Int], of virtualRanks: VirtualRanks) {
        self.init(sequences, bounds: virtualRanks.bounds(batch: sequences.count))
    }

    package var count: Int { sequences.count }

    /// The same batch of sequences under other numbers.
    package func numbered(_ number: (Int) -> Int) -> Batch { Batch(sequences.map(number), bounds: bounds) }

    /// The places of a virtual rank.
    package func places(of virtualRank: Int) -> Range<Int> { bounds[virtualRank]..<bounds[virtualRank + 1] }
}
