// The top of a program that may run on many ranks. The choice: an error on one rank ends the whole job, because the
// others would wait for it forever in their next collective.
import Foundation
import Platform

/// Runs `body` as one rank of whatever started this process: MPI under mpirun or srun, a single process otherwise.
///
/// With one rank an error is thrown to the caller. With several, it is printed once, with its rank and host, and the
/// whole job ends with `exitCode(error)`. Of a job that is ending already only rank 0 still speaks. Call it on the main
/// thread, once in the life of a process.
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
        // Whoever fails first has mpirun end the others, who then need say nothing.
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

/// A rank that gets no memory ends the whole job, whichever of its threads wanted it.
private func endJobWithoutMemory(_ launcher: Launcher, _ communicator: MPICommunicator) {
    guard communicator.size > 1 else { return }
    let (rank, me) = (launcher.rank, name(of: communicator))
    // Open to any thread.
    nonisolated(unsafe) let job = communicator
    OutOfMemory.onEnd { sentence in
        giveLowerRanksTheWord(rank)
        StandardError.write("Error: \(me): \(sentence)\n")
        job.abort(exitCode: 1)
    }
}

/// Waits longer the higher the rank: of many ranks that fail alike, the lowest ends the job before the others speak.
private func giveLowerRanksTheWord(_ rank: Int) {
    Thread.sleep(forTimeInterval: 0.2 * Double(min(rank, 10)))
}

extension Communicator {
    /// What the body returns, for a computation that cannot throw: an error ends the job at once.
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
