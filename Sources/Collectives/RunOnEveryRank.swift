// The top level of a program that may run on many ranks. The choice: an error on one rank ends the whole job, because
// the others would otherwise wait forever in their next collective.
import Foundation
import Platform

/// Runs `body` as one rank of the job: with MPI under mpirun or srun, otherwise as a single process.
///
/// With one rank an error is thrown to the caller. With several ranks it is printed once, with its rank and host, and
/// the whole job ends with `exitCode(error)`. If the job has already been asked to end, only rank 0 prints its error.
/// Call this function on the main thread, once per process.
package func runOnEveryRank<Result>(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    exitCode: (any Error) -> Int32 = { _ in 1 },
    isAskedToEnd: () -> Bool = { false },
    _ body: (any Communicator) throws -> Result
) throws -> Result {
    guard let launcher = try Launcher.detected(in: environment) else { return try body(SoloCommunicator()) }
    let communicator = try MPICommunicator()
    endJobWithoutMemory(launcher, communicator)
    do {
        try launcher.check(ranksFound: communicator.size)
        let result = try body(communicator)
        try communicator.finish()
        return result
    } catch {
        // The first rank that fails makes mpirun end the others, which then need not print anything.
        signal(SIGTERM, SIG_DFL)
        giveLowerRanksTheWord(launcher.rank)
        guard communicator.size > 1 else {
            try communicator.finish()
            throw error
        }
        if communicator.rank == 0 || !isAskedToEnd() { StandardError.write(report(of: error, by: communicator)) }
        communicator.abort(exitCode: exitCode(error))
    }
}

/// Makes an allocation failure on one rank end the whole job, on whichever thread it happens.
private func endJobWithoutMemory(_ launcher: Launcher, _ communicator: MPICommunicator) {
    guard communicator.size > 1 else { return }
    let (rank, me) = (launcher.rank, name(of: communicator))
    // Safe because `abort` may be called on any thread.
    nonisolated(unsafe) let job = communicator
    OutOfMemory.onEnd { sentence in
        giveLowerRanksTheWord(rank)
        StandardError.write("Error: \(me): \(sentence)\n")
        job.abort(exitCode: 1)
    }
}

/// Sleeps longer the higher the rank: if many ranks fail alike, the lowest one ends the job before the others print.
private func giveLowerRanksTheWord(_ rank: Int) {
    Thread.sleep(forTimeInterval: 0.2 * Double(min(rank, 10)))
}

extension Communicator {
    /// Returns the result of `body`, for computations that cannot throw: an error ends the job at once.
    package func orAbort<Result>(_ body: () throws -> Result) -> Result {
        do {
            return try body()
        } catch {
            StandardError.write(report(of: error, by: self))
            abort(exitCode: 1)
        }
    }
}

private func report(of error: any Error, by communicator: any Communicator) -> String {
    "Error: \(name(of: communicator)): \((sentence(ofFoundations: error) ?? "\(error)").bounded)\n"
}

private func name(of communicator: any Communicator) -> String {
    "rank \(communicator.rank) of \(communicator.size) on \(communicator.hostName)"
}
