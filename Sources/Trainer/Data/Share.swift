// Which part of a global batch is whose. The choice: contiguous parts that differ by at most one; ranks may have none.

/// The part of some sequences that a rank takes.
package enum Share {
    /// Of 0 ..< count.
    package static func range(of count: Int, rank: Int, ranks: Int) -> Range<Int> {
        count * rank / ranks..<count * (rank + 1) / ranks
    }

    package static func of(_ sequences: ArraySlice<Int>, rank: Int, ranks: Int) -> ArraySlice<Int> {
        let part = range(of: sequences.count, rank: rank, ranks: ranks), start = sequences.startIndex
        return sequences[start + part.lowerBound..<start + part.upperBound]
    }
}
