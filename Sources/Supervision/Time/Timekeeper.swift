// What the training loop tells about time, and what comes of it: rows of metrics, the rank that holds up the others,
// the decision to stop, and the account at the end. The choice: the loop calls it where something begins or ends, and
// it talks to other ranks once a step.

import Platform
import Collectives

/// Follows where the time of a run goes, on each rank.
package final class Timekeeper {
    private let communicator: any Communicator

    /// Of all ranks; rank 0's alone.
    private let hosts: [String]

    /// Rank 0's alone, so that one clock decides.
    private var deadline: Deadline?

    /// The start of the program, and of the first step.
    private let programStart: Double
    private var start = now()

    private var account: TimeAccount
    private var stragglers = Stragglers()

    private init(_ communicator: any Communicator, hosts: [String], since programStart: Double, deadline: Deadline?) {
        (self.communicator, self.hosts) = (communicator, hosts)
        (self.programStart, self.deadline) = (programStart, deadline)
        account = TimeAccount(ranks: communicator.size)
    }

    /// The timekeeper of each rank, once all know each other's hosts. Collective.
    ///
    /// - Parameters:
    ///   - programStart: when `now()` was read first.
    ///   - deadline: when the run has to end, by the clock of rank 0.
    package static func start(
        on communicator: any Communicator, since programStart: Double, deadline: Deadline?
    ) throws -> Timekeeper {
        let hosts = try communicator.gather(communicator.hostName)
        return Timekeeper(
            communicator, hosts: hosts, since: programStart, deadline: communicator.rank == 0 ? deadline : nil)
    }

    /// The first step begins.
    package func begin() { start = now() }

    /// Ends a step, and asks all ranks how it went. Collective.
    ///
    /// - Parameters:
    ///   - stepStart: when it began.
    ///   - validations: how many are due before a checkpoint after the next step.
    package func end(_ times: PhaseTimes, since stepStart: Double, validations: Int) throws -> StepReport {
        deadline?.took(step: now() - stepStart)
        let isLate = deadline?.isNear(after: now() - programStart, validations: validations) ?? false
        let stop = StopSignal.number.map(StopReason.signal) ?? (isLate ? .timeLimit : nil)
        let report = try StepReport.gathered(RankReport(phases: times.seconds, stop: stop), over: communicator)
        account.add(report)
        return report
    }

    /// A sentence about a rank that holds up the others, on rank 0 and now and then.
    package func complaint(after report: StepReport) -> String? {
        hosts.count > 1 ? stragglers.sentence(after: report, hosts: hosts) : nil
    }

    package func validate<Result>(_ body: () throws -> Result) rethrows -> Result {
        try measure(.validation, body) { deadline?.took(validation: $0) }
    }

    /// Measures how long training stands still for checkpoints.
    package func save(_ body: () throws -> Void) rethrows { try measure(.checkpoints, body) { _ in } }

    /// A checkpoint has been written, beside training or not, and took so many seconds.
    package func took(checkpoint seconds: Double) { deadline?.took(checkpoint: seconds) }

    private func measure<Result>(
        _ activity: TimeAccount.Activity, _ body: () throws -> Result, _ tell: (Double) -> Void
    ) rethrows -> Result {
        let start = now()
        defer {
            account.add(now() - start, to: activity)
            tell(now() - start)
        }
        return try body()
    }

    /// Where the time went, line by line, on rank 0; nothing of a run of a few steps, most of which went into its
    /// start.
    package var summary: [String] {
        hosts.isEmpty || account.steps < 10 ? [] : account.summary(wall: now() - start, hosts: hosts)
    }
}
