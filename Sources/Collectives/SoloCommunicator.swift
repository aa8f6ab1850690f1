// A job of one process. The choice: it never uses MPI, so that a run without mpirun works where MPI cannot start.
import Glibc

/// A communicator with this process as its only rank: sums and broadcasts leave their values unchanged.
package final class SoloCommunicator: Communicator {
    package let rank = 0
    package let size = 1
    package let hostName = currentHostName()

    package init() {}

    package func broadcast(_ values: inout MutableSpan<Float>, from root: Int) { checkRoot(root) }
    package func broadcast(_ bytes: inout [UInt8], from root: Int) { checkRoot(root) }
    package func allReduce(_ values: inout MutableSpan<Float>) {}
    package func allReduce(_ values: inout [Double]) {}
    package func allReduceMax(_ values: inout [Double]) {}
    package func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) {}
    package func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    package func barrier() {}
    package func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) rethrows -> Result? {
        try work(self)
    }
    package func abort(exitCode: Int32) -> Never { exit(exitCode) }

    package func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) {
        guard let start = starts[0] else { return }
        for (offset, place) in slices[0].enumerated() { received[start + offset] = values[place] }
    }

    private func checkRoot(_ root: Int) {
        precondition(root == 0, "rank \(root) does not exist: this job has one rank, 0")
    }
}

/// The host name of this machine, without a network lookup.
func currentHostName() -> String {
    var name = [UInt8](repeating: 0, count: 256)
    let failed = name.withUnsafeMutableBytes { gethostname($0.baseAddress!, $0.count - 1) } != 0
    return failed ? "unknown host" : String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
}
