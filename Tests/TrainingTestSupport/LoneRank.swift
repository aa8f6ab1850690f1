// One rank of a job without the others.

import Collectives

/// One rank's view of a job whose other ranks do not exist: a sum is its own part.
package final class LoneRank: Communicator {
    package let rank, size: Int
    package let hostName = "nowhere"

    package init(_ rank: Int, of size: Int) { (self.rank, self.size) = (rank, size) }

    package func broadcast(_ values: inout MutableSpan<Float>, from root: Int) {}
    package func broadcast(_ bytes: inout [UInt8], from root: Int) {}
    package func allReduce(_ values: inout MutableSpan<Float>) {}
    package func allReduce(_ values: inout [Double]) {}
    package func allReduceMax(_ values: inout [Double]) {}
    package func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    package func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) {}
    package func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) {}
    package func barrier() {}
    package func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) rethrows -> Result? {
        rank < ranks ? try work(LoneRank(rank, of: ranks)) : nil
    }
    package func abort(exitCode: Int32) -> Never { fatalError("aborted with \(exitCode)") }
}
