// A communicator that once gives one rank a different result.

import Collectives

/// Wraps a communicator, and flips a bit in the last element of one float all-reduce.
final class FaultyCommunicator: Communicator {
    private let base: any Communicator
    private let damaged: Int
    private let turned: Int
    private var sums = 0

    /// - Parameters:
    ///   - rank: the rank that gets the different result.
    ///   - turned: the index of the float all-reduce, counted from 1.
    init(_ base: any Communicator, rank: Int, turned: Int) { (self.base, damaged, self.turned) = (base, rank, turned) }

    func allReduce(_ values: inout MutableSpan<Float>) throws {
        try base.allReduce(&values)
        sums += 1
        guard sums == turned, rank == damaged else { return }
        let last = values.count - 1
        values[last] = Float(bitPattern: values[last].bitPattern ^ 1 << 20)
    }

    var rank: Int { base.rank }
    var size: Int { base.size }
    var hostName: String { base.hostName }

    func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws {
        try base.broadcast(&values, from: root)
    }
    func broadcast(_ bytes: inout [UInt8], from root: Int) throws { try base.broadcast(&bytes, from: root) }
    func allReduce(_ values: inout [Double]) throws { try base.allReduce(&values) }
    func allReduceMax(_ values: inout [Double]) throws { try base.allReduceMax(&values) }
    func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws {
        try base.allGather(&values, slices)
    }
    func gather(_ bytes: [UInt8]) throws -> [[UInt8]] { try base.gather(bytes) }
    func barrier() throws { try base.barrier() }
    func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result? {
        try base.split(first: ranks, work)
    }
    func abort(exitCode: Int32) -> Never { base.abort(exitCode: exitCode) }

    func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws {
        try base.allToAll(values, slices, into: &received, at: starts)
    }
}
