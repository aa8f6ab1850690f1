// A communicator that tells the heartbeat when its rank is in a collective. The choice: in front of any other one, so
// that waiting for other ranks is known wherever it happens, be it in the middle of a pass.

import Collectives

final class WatchedCommunicator: Communicator {
    private let base: any Communicator
    private let heartbeat: Heartbeat

    init(_ base: any Communicator, _ heartbeat: Heartbeat) { (self.base, self.heartbeat) = (base, heartbeat) }

    var rank: Int { base.rank }
    var size: Int { base.size }
    var hostName: String { base.hostName }

    func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.broadcast(&values, from: root)
    }

    func broadcast(_ bytes: inout [UInt8], from root: Int) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.broadcast(&bytes, from: root)
    }

    func sum(_ values: inout MutableSpan<Float>) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.sum(&values)
    }

    func sum(_ values: inout [Double]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.sum(&values)
    }

    func maximum(_ values: inout [Double]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.maximum(&values)
    }

    func exchange(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.exchange(values, slices, into: &received, at: starts)
    }

    func complete(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.complete(&values, slices)
    }

    func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        return try base.gather(bytes)
    }

    func barrier() throws {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        try base.barrier()
    }

    func amongFirst<Result>(_ ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result? {
        heartbeat.setWaits(true)
        defer { heartbeat.setWaits(false) }
        return try base.amongFirst(ranks, work)
    }

    func abort(exitCode: Int32) -> Never { base.abort(exitCode: exitCode) }
}
