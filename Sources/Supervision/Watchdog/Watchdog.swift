// Ends a job that makes no progress. The choice: two threads per rank. One judges and touches no file, so that a
// file system that hangs cannot block it; the other writes this rank's sign of life and reads those of others.
// Time is counted in their own wakeups, so that a job that was suspended as a whole and resumed is not taken for
// stuck.

import Configuration
import Collectives
import Foundation
import Platform
import Synchronization

package final class Watchdog: @unchecked Sendable {
    /// The exit code of a job that was stuck: EX_UNAVAILABLE of sysexits.h.
    package static let exitCode: Int32 = 69

    private let limit: WatchLimit
    private let heartbeat: Heartbeat
    private let communicator: any Communicator
    private let signs: LifeSigns
    private let rank, size: Int
    private let host: String

    /// The seconds between two checks.
    private let interval: Double

    /// Guards the state that both threads share.
    private let condition = SteadyCondition()
    private var isEnding = false
    private var moment = Heartbeat.Moment()
    private var age = 0.0
    private var isLooking = false
    private var sightings: [Int: Suspicion.Sighting] = [:]

    /// - Parameters:
    ///   - run: the run's folder, which rank 0 has created.
    ///   - communicator: another thread calls only its `abort`.
    package init?(_ limit: WatchLimit, run: String, heartbeat: Heartbeat, communicator: any Communicator) throws {
        guard limit != .off else { return nil }
        (self.limit, self.heartbeat, self.communicator) = (limit, heartbeat, communicator)
        (rank, size, host) = (communicator.rank, communicator.size, communicator.hostName)
        signs = LifeSigns(run: run)
        interval = min(max(limit.least / 20, 0.1), 3)
        if rank == 0 { try signs.renew() }
        try NewThread.start(oneOf: 2) { [self] in keepWriting() }
        try NewThread.start(oneOf: 2) { [self] in keepJudging() }
    }

    /// Stops the watchdog. From then on the job may take any time.
    package func end() {
        condition.withLock {
            isEnding = true
            condition.broadcast()
        }
        if rank == 0 { signs.clear() }
    }

    /// Calls `body` periodically with the seconds since the last call.
    private func repeatedly(_ body: (Double) -> Void) {
        var clock = WakingClock(now(), interval: interval)
        while sleeps() { body(clock.seconds(until: now())) }
    }

    /// Sleeps for an interval, and returns whether to continue.
    private func sleeps() -> Bool {
        condition.withLock {
            condition.sleep(for: interval) { isEnding }
            return !isEnding
        }
    }
}

/// Counts the time between wakeups, without the time in which the whole process was suspended.
package struct WakingClock {
    private var last: Double
    private let interval: Double

    /// - Parameter interval: the intended seconds between wakeups.
    package init(_ now: Double, interval: Double) { (last, self.interval) = (now, interval) }

    package mutating func seconds(until now: Double) -> Double {
        defer { last = now }
        return min(now - last, 2 * interval)
    }
}

// The judge

extension Watchdog {
    private func keepJudging() {
        repeatedly { seconds in
            let now = heartbeat.moment, limit = limit.seconds(for: now, heartbeat)
            let sentence: String? = condition.withLock {
                age = now.changes == moment.changes ? age + seconds : 0
                moment = now
                isLooking = now.waits && age > limit
                if !isLooking { sightings = [:] }
                return suspicion(limit: limit).sentence
            }
            if let sentence { endJob(sentence) }
        }
    }

    private func suspicion(limit: Double) -> Suspicion {
        let others = (0..<size).filter { $0 != rank }.map {
            sightings[$0] ?? Suspicion.Sighting(rank: $0, sign: nil, silence: 0)
        }
        return Suspicion(own: sign(of: moment), others: others, limit: limit, longestSilence: 5 * interval)
    }

    private func sign(of moment: Heartbeat.Moment, beat: Int = 0) -> LifeSign {
        LifeSign(rank: rank, host: host, process: getpid(), beat: beat, moment: moment, seconds: age)
    }

    /// Aborts the job. If any of this blocks as well, the alarm ends the process, and with it the job.
    private func endJob(_ sentence: String) {
        let isTooLate = condition.withLock { isEnding }
        if isTooLate { return }
        alarm(10)
        StandardError.write("Error: \(sentence)\n")
        communicator.abort(exitCode: Self.exitCode)
    }
}

// The writer

extension Watchdog {
    private func keepWriting() {
        var beat = 0
        repeatedly { seconds in
            beat += 1
            let (own, looks) = condition.withLock { (sign(of: heartbeat.moment, beat: beat), isLooking) }
            signs.leave(own)
            guard looks else { return }
            for other in 0..<size where other != rank { see(signs.sign(of: other), of: other, after: seconds) }
        }
    }

    private func see(_ sign: LifeSign?, of other: Int, after seconds: Double) {
        condition.withLock {
            let last = sightings[other], isNew = sign != nil && sign?.beat != last?.sign?.beat
            sightings[other] = Suspicion.Sighting(
                rank: other, sign: sign ?? last?.sign, silence: isNew || last == nil ? 0 : last!.silence + seconds)
        }
    }
}
