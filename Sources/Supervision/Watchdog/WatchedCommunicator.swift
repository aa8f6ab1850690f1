// A communicator that tells the heartbeat when its rank is in a collective. The choice: it wraps any other
// communicator, so that waiting for other ranks is noticed everywhere, even in the middle of a pass.

import Collectives

package final class WatchedCommunicator: Communicator {
    private let base: any Communicator
    private let heartbeat: Heartbeat

    package init(_ base: any Communicator, _ heartbeat: Heartbeat) { (self.base, self.heartbeat) = (base, heartbeat) }

    package var rank: Int { base.rank }
    package var size: Int { base.size }
    package var hostName: String { base.hostName }

    package func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.broadcast(&values, from: root)
    }

    package func broadcast(_ bytes: inout [UInt8], from root: Int) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.broadcast(&bytes, from: root)
    }

    package func allReduce(_ values: inout MutableSpan<Float>) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.allReduce(&values)
    }

    package func allReduce(_ values: inout [Double]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.allReduce(&values)
    }

    package func allReduceMax(_ values: inout [Double]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.allReduceMax(&values)
    }

    package func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.allToAll(values, slices, into: &received, at: starts)
    }

    package func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.allGather(&values, slices)
    }

    package func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        return try base.gather(bytes)
    }

    package func barrier() throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.barrier()
    }

    package func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result? {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        return try base.split(first: ranks, work)
    }

    package func abort(exitCode: Int32) -> Never { base.abort(exitCode: exitCode) }
}
