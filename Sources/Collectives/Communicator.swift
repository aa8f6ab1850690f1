// What the processes of a job do together. The choice: callers see only this protocol, so that one process and many run
// the same training loop, and only MPICommunicator knows of MPI.

/// The ranks of a job, seen from one of them.
///
/// Every operation is collective: all ranks call it, in the same order and with the same counts. It belongs to the main
/// thread, the only one that MPI was asked to serve.
package protocol Communicator: AnyObject {
    /// This process' number, 0 ..< size.
    var rank: Int { get }

    /// How many processes the job has.
    var size: Int { get }

    /// The name of the machine that this rank runs on.
    var hostName: String { get }

    /// Replaces the values of every rank by those of `root`.
    func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws

    /// Replaces the bytes of every rank by those of `root`, whatever their number before.
    func broadcast(_ bytes: inout [UInt8], from root: Int) throws

    /// Replaces the values of every rank by their element-wise sum over all ranks, the same bits everywhere.
    func allReduce(_ values: inout MutableSpan<Float>) throws

    /// Replaces the values of every rank by their element-wise sum over all ranks, the same bits everywhere.
    func allReduce(_ values: inout [Double]) throws

    /// Replaces the values of every rank by their element-wise maximum over all ranks.
    func allReduceMax(_ values: inout [Double]) throws

    /// Gives every rank its slice of the values of those ranks that give any.
    ///
    /// - Parameters:
    ///   - values: what this rank gives; empty if nothing.
    ///   - slices: of the values, one for each rank: the same on all ranks.
    ///   - received: where this rank's slices go; their places are overwritten.
    ///   - starts: for each rank, where in `received` the slice of its values begins; nil if it gives none.
    func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws

    /// Gives every rank the slices of the others, which each knows only its own of.
    func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws

    /// Every rank's bytes in rank order on rank 0, and nothing elsewhere. Their numbers may differ.
    func gather(_ bytes: [UInt8]) throws -> [[UInt8]]

    /// Returns when every rank has called it.
    func barrier() throws

    /// Runs work on the first ranks alone, as a job of their own, while the others rest without keeping their cores
    /// busy.
    ///
    /// - Parameter ranks: how many they are, 1 ... size.
    /// - Returns: what the work returned; nil on the ranks that rested.
    func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result?

    /// Ends all processes of the job now, with this exit code. No collective, and open to any thread.
    func abort(exitCode: Int32) -> Never
}

extension Communicator {
    /// The sum of one number over all ranks.
    package func allReduce(_ value: Double) throws -> Double {
        var values = [value]
        try allReduce(&values)
        return values[0]
    }

    /// The largest of one number over all ranks.
    package func allReduceMax(_ value: Double) throws -> Double {
        var values = [value]
        try allReduceMax(&values)
        return values[0]
    }

    /// Every rank's text in rank order on rank 0, and nothing elsewhere.
    package func gather(_ text: String) throws -> [String] {
        try gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
}
