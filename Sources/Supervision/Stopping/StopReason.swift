// Why a run ends before its last step, and how its process then ends. The choice: 75 is the code that sysexits.h has
// for "try again later", which batch systems can be told to start the job again on.

import Foundation

/// What asks a run to stop.
package enum StopReason: Sendable, Equatable {
    case signal(Int32)

    /// The next step may not end within the time limit.
    case timeLimit

    /// The exit code that asks to be run again: EX_TEMPFAIL.
    package static let runAgain: Int32 = 75

    /// 128 plus the signal where somebody ended it, as shells report it; else 75.
    package var exitCode: Int32 {
        if case .signal(let number) = self, StopSignal.ending.contains(number) { return 128 + number }
        return Self.runAgain
    }

    /// A number other than 0, for ranks to exchange.
    package var number: Double {
        switch self {
        case .signal(let number): Double(number)
        case .timeLimit: -1
        }
    }

    /// Nil for 0.
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
        case .signal(SIGXCPU): "SIGXCPU"
        case .signal(SIGUSR1): "SIGUSR1"
        case .signal(SIGUSR2): "SIGUSR2"
        case .signal(let number): "signal \(number)"
        case .timeLimit: "--max-time"
        }
    }
}

/// A run that ended before its last step because somebody asked for it; a checkpoint of its last step is on disk.
package struct TrainingStopped: CustomStringConvertible {
    package let reason: StopReason
    package let step: Int

    package init(_ reason: StopReason, after step: Int) { (self.reason, self.step) = (reason, step) }

    package var description: String {
        "\(reason.name): stopped after step \(step); go on with the same command and --resume auto"
    }
}
