// Why a run ends before its last step, and the exit code of its process. The choice: 75 is EX_TEMPFAIL of
// sysexits.h ("try again later"), on which batch systems can be configured to start the job again.

import Foundation

/// The cause of a request to stop.
package enum StopReason: Sendable, Equatable {
    case signal(Int32)

    /// The next step may not end within the time limit.
    case timeLimit

    /// The exit code that asks for the job to be started again: EX_TEMPFAIL.
    package static let runAgain: Int32 = 75

    /// 128 plus the signal if a person ended the run, as shells report it; otherwise 75.
    package var exitCode: Int32 {
        if case .signal(let number) = self, StopSignal.ending.contains(number) { return 128 + number }
        return Self.runAgain
    }

    /// A nonzero value that encodes the reason, for the exchange between ranks.
    package var number: Double {
        switch self {
        case .signal(let number): Double(number)
        case .timeLimit: -1
        }
    }

    /// Decodes a reason; nil for 0.
    package init?(number: Double) {
        switch number {
        case 0: return nil
        case Self.timeLimit.number: self = .timeLimit
        default: self = .signal(Int32(number))
        }
    }

    package var name: String {
        switch self {
        case .signal(SIGINT): "Ctrl-C"
        case .signal(SIGTERM): "SIGTERM"
        case .signal(SIGHUP): "SIGHUP"
        case .signal(SIGQUIT): "SIGQUIT"
        case .signal(SIGXCPU): "SIGXCPU"
        case .signal(SIGUSR1): "SIGUSR1"
        case .signal(SIGUSR2): "SIGUSR2"
        case .signal(let number): "signal \(number)"
        case .timeLimit: "--max-time"
        }
    }
}

/// Thrown by a run that was asked to stop before its last step. A checkpoint of the last step made is on disk.
package struct TrainingStopped: CustomStringConvertible {
    package let reason: StopReason
    package let step: Int

    package init(_ reason: StopReason, after step: Int) { (self.reason, self.step) = (reason, step) }

    package var description: String {
        "\(reason.name): stopped after step \(step); go on with the same command"
    }
}
