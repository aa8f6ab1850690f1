// How something countable is divided: into chunks of one size, or into parts of one count. The choice: both are
// consecutive ranges, and everybody who divides anything among ranks, threads, messages or files divides it like this.

extension Range<Int> {
    /// Consecutive chunks of `size` elements; the last one may be shorter.
    package func chunks(of size: Int) -> [Range<Int>] {
        stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
    }

    /// One of `parts` consecutive parts whose sizes differ by at most one; some may be empty.
    package func part(_ index: Int, of parts: Int) -> Range<Int> {
        lowerBound + count * index / parts..<lowerBound + count * (index + 1) / parts
    }

    /// The parts that have any elements: at most `parts`, and as many as there are elements if these are fewer.
    package func nonemptyParts(atMost parts: Int) -> [Range<Int>] {
        let parts = Swift.min(parts, count)
        return (0..<parts).map { part($0, of: parts) }
    }

    /// The size of as few chunks of at most `size` elements as possible, all about equally large; at least 1.
    package func evenChunkSize(atMost size: Int) -> Int {
        let chunks = Swift.max(1, (count + size - 1) / size)
        return Swift.max(1, (count + chunks - 1) / chunks)
    }
}
