// The collective operations of a job. The choice: callers see only this protocol, so that one process and many run the
// same training loop, and only MPICommunicator depends on MPI.

/// The ranks of a job, as seen by one of them.
///
/// All operations are collective: every rank calls them in the same order and with the same counts. They must be called
/// on the main thread, because MPI is initialized for that thread only.
package protocol Communicator: AnyObject {
    /// The rank of this process, 0 ..< size.
    var rank: Int { get }

    /// The number of processes in the job.
    var size: Int { get }

    /// The name of the machine on which this rank runs.
    var hostName: String { get }

    /// Broadcasts the values of `root` to all ranks.
    func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws

    /// Broadcasts the bytes of `root` to all ranks, whatever their count was before.
    func broadcast(_ bytes: inout [UInt8], from root: Int) throws

    /// All-reduce: replaces the values by their element-wise sum over all ranks, bitwise identical on all ranks.
    func allReduce(_ values: inout MutableSpan<Float>) throws

    /// All-reduce: replaces the values by their element-wise sum over all ranks, bitwise identical on all ranks.
    func allReduce(_ values: inout [Double]) throws

    /// All-reduce: replaces the values by their element-wise maximum over all ranks.
    func allReduceMax(_ values: inout [Double]) throws

    /// All-to-all: sends every rank its slice of the values of each sending rank.
    ///
    /// - Parameters:
    ///   - values: the values that this rank sends; empty if it sends none.
    ///   - slices: the slice of the values for each rank; the same on all ranks.
    ///   - received: receives this rank's slices; the elements at their positions are overwritten.
    ///   - starts: for each rank, the index in `received` at which the slice from it begins; nil if it sends none.
    func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws

    /// All-gather: fills in the slices of the other ranks, where each rank has only its own slice before the call.
    func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws

    /// Gathers the bytes of every rank in rank order on rank 0; empty elsewhere. Their counts may differ.
    func gather(_ bytes: [UInt8]) throws -> [[UInt8]]

    /// Returns once every rank has called it.
    func barrier() throws

    /// Communicator split: runs work on the first ranks alone, as a job of their own, while the others sleep without
    /// using their cores.
    ///
    /// - Parameter ranks: the number of working ranks, 1 ... size.
    /// - Returns: the result of the work; nil on the other ranks.
    func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result?

    /// Ends all processes of the job at once with this exit code. It is not collective, and any thread may call it.
    func abort(exitCode: Int32) -> Never
}

extension Communicator {
    /// The sum of a scalar over all ranks.
    package func allReduce(_ value: Double) throws -> Double {
        var values = [value]
        try allReduce(&values)
        return values[0]
    }

    /// The maximum of a scalar over all ranks.
    package func allReduceMax(_ value: Double) throws -> Double {
        var values = [value]
        try allReduceMax(&values)
        return values[0]
    }

    /// Gathers the text of every rank in rank order on rank 0; empty elsewhere.
    package func gather(_ text: String) throws -> [String] {
        try gather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
}
