// The blocks of a validation, and the rank of each. The choice: all ranks know all blocks, so that losses can be
// added in the order of the blocks, whichever rank computed them.

import Platform
import Distribution

/// Blocks of consecutive sequences, each of which one thread forecasts as one batch.
package struct ValidationBlocks: Sendable, Equatable {
    /// The sequence IDs of the blocks of all ranks.
    package let all: [Range<Int>]

    /// The indices of this rank's blocks.
    package let own: Range<Int>

    /// Blocks that any rank may process.
    package init(_ range: Range<Int>, of size: Int, rank: Int, ranks: Int) {
        all = range.chunks(of: size)
        own = all.indices.part(rank, of: ranks)
    }

    /// Blocks of the sequences that each rank has.
    package init(dealt ranges: [Range<Int>], of size: Int, rank: Int) {
        let blocks = ranges.map { $0.chunks(of: size) }, first = blocks[..<rank].reduce(0) { $0 + $1.count }
        all = Array(blocks.joined())
        own = first..<first + blocks[rank].count
    }

    /// The blocks that a thread of this rank processes.
    package func own(ofThread thread: Int, of threads: Int) -> Range<Int> {
        own.part(thread, of: threads)
    }

    /// The number of sequences of all blocks.
    package var count: Int { all.reduce(0) { $0 + $1.count } }
}
