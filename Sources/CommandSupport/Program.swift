// How both programs begin and end. The choice: one sentence on standard error, from one process of a job; 2 for what
// was asked wrongly, 1 for what went wrong, 0 for help, and a code of its own for what a signal or a lost output ended.

import ArgumentParser
import Foundation
import Platform
import Reports

/// The root command of a program.
package protocol Program: ParsableCommand {
    /// Which exit code an error means.
    static func exitStatus(of error: any Error) -> Int32
}

/// The exit code of an error that either program may meet.
package func commonExitCode(of error: any Error) -> Int32 {
    switch error {
    case is SeveralProcesses: return 2
    case let interrupted as Interrupted: return interrupted.exitCode
    case let lost as LostOutput: return lost.exitCode
    default:
        let code = AnyCommand.exitCode(for: error)
        return code == .validationFailure ? 2 : code.rawValue
    }
}

/// Asked what ArgumentParser makes of an error, which is the same for every command.
private struct AnyCommand: ParsableCommand {}

extension Program {
    /// Says what is wrong and ends the process; what ArgumentParser has to show, help and version, it shows.
    package static func leave(with error: any Error) -> Never {
        ProgressLine.onStandardError().erase()
        let code = exitStatus(of: error), text = sentence(ofFoundations: error) ?? message(for: error)
        OneProcess.speak(isError: code != 0) {
            if code == 0 { showAndLeave(fullMessage(for: error)) }
            if !text.isEmpty { StandardError.write("\(configuration.commandName ?? "error"): \(text.bounded)\n") }
        }
        StandardOutput.flush()
        Foundation.exit(code)
    }

    private static func showAndLeave(_ text: String) -> Never {
        StandardOutput.print(text)
        do { try StandardOutput.requireWritten() } catch { leave(with: error) }
        Foundation.exit(0)
    }
}
