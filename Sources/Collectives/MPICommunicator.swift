// The ranks of an MPI job, or a group of them. The choice: blocking collectives, in messages of bounded size because
// MPI counts in 32 bits.
import CMPI
import Glibc
import Platform

/// A communicator over all processes that mpirun or srun started.
///
/// MPI may be initialized once per process, so there is at most one instance over all ranks; `finish()` finalizes it.
package final class MPICommunicator: Communicator {
    package let rank: Int
    package let size: Int
    package let hostName = currentHostName()

    /// The largest number of elements per MPI call.
    private let messageLimit: Int
    private let group: MPI_Comm

    /// Initializes MPI. From then on MPI errors are thrown as `MPIError` and do not end the process.
    package convenience init(messageLimit: Int = 1 << 30) throws {
        var provided: Int32 = 0
        try check("MPI_Init_thread") { MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided) }
        try check("MPI_Comm_set_errhandler") { MPI_Comm_set_errhandler(cmpi_comm_world(), cmpi_errors_return()) }
        try self.init(cmpi_comm_world(), messageLimit: messageLimit)
    }

    private init(_ group: MPI_Comm, messageLimit: Int) throws {
        precondition(messageLimit > 0 && messageLimit <= Int(Int32.max), "a message must fit MPI's 32-bit count")
        (self.group, self.messageLimit) = (group, messageLimit)
        var rank: Int32 = 0, size: Int32 = 0
        try check("MPI_Comm_rank") { MPI_Comm_rank(group, &rank) }
        try check("MPI_Comm_size") { MPI_Comm_size(group, &size) }
        (self.rank, self.size) = (Int(rank), Int(size))
    }

    /// Finalizes MPI. It is collective, and the last operation of all.
    package func finish() throws {
        try check("MPI_Finalize") { MPI_Finalize() }
    }

    package func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws {
        try values.withUnsafeMutableBufferPointer { try broadcast($0, cmpi_float(), from: root) }
    }

    package func broadcast(_ bytes: inout [UInt8], from root: Int) throws {
        var count = Int64(bytes.count)
        try check("MPI_Bcast") { MPI_Bcast(&count, 1, cmpi_int64(), Int32(root), group) }
        if rank != root { bytes = [UInt8](repeating: 0, count: Int(count)) }
        try bytes.withUnsafeMutableBufferPointer { try broadcast($0, cmpi_byte(), from: root) }
    }

    package func allReduce(_ values: inout MutableSpan<Float>) throws {
        try values.withUnsafeMutableBufferPointer { try reduce($0, type: cmpi_float(), operation: cmpi_sum()) }
    }

    package func allReduce(_ values: inout [Double]) throws {
        try values.withUnsafeMutableBufferPointer { try reduce($0, type: cmpi_double(), operation: cmpi_sum()) }
    }

    package func allReduceMax(_ values: inout [Double]) throws {
        try values.withUnsafeMutableBufferPointer { try reduce($0, type: cmpi_double(), operation: cmpi_max()) }
    }

    package func allToAll(
        _ values: Span<Float>, _ slices: [Range<Int>], into received: inout MutableSpan<Float>, at starts: [Int?]
    ) throws {
        precondition(values.count <= Int(Int32.max) && received.count <= Int(Int32.max), "more than MPI can count")
        let mine = Int32(slices[rank].count), isGiving = starts[rank] != nil
        let given = slices.map { isGiving ? Int32($0.count) : 0 }, places = slices.map { Int32($0.lowerBound) }
        let taken = starts.map { $0 == nil ? 0 : mine }, targets = starts.map { Int32($0 ?? 0) }
        try values.withUnsafeBufferPointer { values in
            try received.withUnsafeMutableBufferPointer { received in
                try check("MPI_Alltoallv") {
                    MPI_Alltoallv(
                        values.baseAddress, given, places, cmpi_float(), received.baseAddress, taken, targets,
                        cmpi_float(), group)
                }
            }
        }
    }

    package func allGather(_ values: inout MutableSpan<Float>, _ slices: [Range<Int>]) throws {
        precondition(values.count <= Int(Int32.max), "more than MPI can count")
        let counts = slices.map { Int32($0.count) }, places = slices.map { Int32($0.lowerBound) }
        try values.withUnsafeMutableBufferPointer { values in
            try check("MPI_Allgatherv") {
                MPI_Allgatherv(
                    cmpi_in_place(), 0, cmpi_float(), values.baseAddress, counts, places, cmpi_float(), group)
            }
        }
    }

    package func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        let counts = try gatherCounts(bytes.count)
        let ends = counts.reduce(into: [0]) { $0.append($0.last! + Int($1)) }
        precondition(ends.last! <= Int(Int32.max), "gather is for notes of a few bytes, not for \(ends.last!)")
        var all = [UInt8](repeating: 0, count: ends.last!)
        let starts = ends.dropLast().map(Int32.init)
        try check("MPI_Gatherv") {
            MPI_Gatherv(bytes, Int32(bytes.count), cmpi_byte(), &all, counts, starts, cmpi_byte(), 0, group)
        }
        return zip(ends, ends.dropFirst()).map { Array(all[$0..<$1]) }
    }

    package func barrier() throws {
        try check("MPI_Barrier") { MPI_Barrier(group) }
    }

    package func split<Result>(first ranks: Int, _ work: (any Communicator) throws -> Result) throws -> Result? {
        precondition(ranks >= 1 && ranks <= size, "\(ranks) of \(size) ranks")
        var part: MPI_Comm?
        try check("MPI_Comm_split") { MPI_Comm_split(group, rank < ranks ? 0 : 1, Int32(rank), &part) }
        let result = rank < ranks ? try work(MPICommunicator(part!, messageLimit: messageLimit)) : nil
        try restUntilAllAreHere()
        try check("MPI_Comm_free") { MPI_Comm_free(&part) }
        return result
    }

    /// A barrier at which a rank sleeps; in MPI's own barrier it would keep its core busy with polling.
    private func restUntilAllAreHere() throws {
        var request: MPI_Request?, isDone: Int32 = 0
        try check("MPI_Ibarrier") { MPI_Ibarrier(group, &request) }
        while isDone == 0 {
            try check("MPI_Test") { MPI_Test(&request, &isDone, nil) }
            if isDone == 0 { usleep(1000) }
        }
    }

    package func abort(exitCode: Int32) -> Never {
        StandardOutput.flush()
        fflush(nil)
        MPI_Abort(cmpi_comm_world(), exitCode)
        exit(exitCode)
    }

    private func broadcast<Element>(
        _ values: UnsafeMutableBufferPointer<Element>, _ type: MPI_Datatype, from root: Int
    ) throws {
        for message in (0..<values.count).chunks(of: messageLimit) {
            let start = values.baseAddress! + message.lowerBound
            try check("MPI_Bcast") { MPI_Bcast(start, Int32(message.count), type, Int32(root), group) }
        }
    }

    private func reduce<Element>(
        _ values: UnsafeMutableBufferPointer<Element>, type: MPI_Datatype, operation: MPI_Op
    ) throws {
        for message in (0..<values.count).chunks(of: messageLimit) {
            let start = values.baseAddress! + message.lowerBound
            try check("MPI_Allreduce") {
                MPI_Allreduce(cmpi_in_place(), start, Int32(message.count), type, operation, group)
            }
        }
    }

    /// The byte count of every rank on rank 0; empty elsewhere.
    private func gatherCounts(_ count: Int) throws -> [Int32] {
        var own = Int64(count), all = [Int64](repeating: 0, count: rank == 0 ? size : 0)
        try check("MPI_Gather") { MPI_Gather(&own, 1, cmpi_int64(), &all, 1, cmpi_int64(), 0, group) }
        return all.map(Int32.init)
    }
}
