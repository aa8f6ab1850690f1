// Errors between the ranks. The choice: one function, `check`, handles the return code of every MPI call.
import CMPI

/// A failure of MPI, or a job that was started in a wrong way.
package enum MPIError: Error, Equatable, CustomStringConvertible {
    /// An MPI call returned an error code; `reason` is MPI's explanation.
    case callFailed(operation: String, reason: String)
    /// The launcher started `announced` processes, but MPI connects only `found` of them.
    case ranksMissing(launcher: String, announced: Int, found: Int)
    /// The launcher started several processes without connecting them.
    case launchedApart(launcher: String, tasks: Int)

    package var description: String {
        switch self {
        case .callFailed(let operation, let reason):
            "\(operation) failed: \(reason). Look above for the first rank that reported an error, and start the job again."
        case .ranksMissing(let launcher, let announced, let found):
            """
            \(launcher) started \(announced) processes, but MPI connects only \(found) of them, so each would train \
            alone: use the mpirun that belongs to the Open MPI this program was built with (`mpirun --version` must say Open MPI).
            """
        case .launchedApart(let launcher, let tasks):
            """
            \(launcher) started \(tasks) processes without connecting them through MPI, so each would train alone: \
            use `srun --mpi=pmix`, or mpirun inside the allocation.
            """
        }
    }
}

/// Runs one MPI call, and throws MPI's own explanation if its return code is not MPI_SUCCESS.
func check(_ operation: String, _ call: () -> Int32) throws(MPIError) {
    let code = call()
    if code != MPI_SUCCESS { throw .callFailed(operation: operation, reason: reason(for: code)) }
}

private func reason(for code: Int32) -> String {
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
    var length: Int32 = 0
    guard MPI_Error_string(code, &text, &length) == MPI_SUCCESS else { return "error code \(code)" }
    return String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
}
