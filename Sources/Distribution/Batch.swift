// The sequences that one update learns from, as lanes share them. The choice: a value that knows every lane's places,
// so that nobody else need know how a batch came about.

/// A global batch: the sequences of all lanes of all ranks.
package struct Batch: Sendable, Equatable {
    /// Numbers in the source, lane after lane.
    package let sequences: [Int]

    /// Where each lane's begin, and where the last one's end.
    private let bounds: [Int]

    /// - Parameter bounds: of `Lanes`.
    package init(_ sequences: [Int], bounds: [Int]) {
        precondition(bounds.last == sequences.count, "lanes of \(bounds.last ?? 0) of \(sequences.count) sequences")
        (self.sequences, self.bounds) = (sequences, bounds)
    }

    /// Shared as evenly as can be.
    package init(_ sequences: [Int], of lanes: Lanes) {
        self.init(sequences, bounds: lanes.bounds(batch: sequences.count))
    }

    package var count: Int { sequences.count }

    /// The same batch of sequences under other numbers.
    package func numbered(_ number: (Int) -> Int) -> Batch { Batch(sequences.map(number), bounds: bounds) }

    /// The places of a lane.
    package func places(of lane: Int) -> Range<Int> { bounds[lane]..<bounds[lane + 1] }
}
