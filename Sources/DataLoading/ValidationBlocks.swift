// In which blocks a validation is worked through, and whose they are. The choice: all ranks know all blocks, so that
// losses can be added in their order, whoever found them.

import Platform
import Distribution

/// Runs of sequences, each forecast at once by one thread.
package struct ValidationBlocks: Sendable, Equatable {
    /// Numbers in the source, of all ranks.
    package let all: [Range<Int>]

    /// Those of this rank.
    package let own: Range<Int>

    /// Blocks that any rank may take.
    package init(_ range: Range<Int>, of size: Int, rank: Int, ranks: Int) {
        all = range.chunks(of: size)
        own = all.indices.part(rank, of: ranks)
    }

    /// Blocks of what each rank has.
    package init(dealt ranges: [Range<Int>], of size: Int, rank: Int) {
        let blocks = ranges.map { $0.chunks(of: size) }, first = blocks[..<rank].reduce(0) { $0 + $1.count }
        all = Array(blocks.joined())
        own = first..<first + blocks[rank].count
    }

    /// Those that a thread of this rank takes.
    package func own(ofThread thread: Int, of threads: Int) -> Range<Int> {
        own.part(thread, of: threads)
    }

    /// Sequences of all blocks.
    package var count: Int { all.reduce(0) { $0 + $1.count } }
}
