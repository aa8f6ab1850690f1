// How both programs start and end. The choice: one sentence on standard error, from one process of a job; exit code 2
// for a wrong request, 1 for a failure, 0 for help, and separate codes for signals and lost output.

import ArgumentParser
import Foundation
import Platform
import Reports

/// The root command of a program.
package protocol Program: ParsableCommand {
    /// The exit code for an error.
    static func exitStatus(of error: any Error) -> Int32
}

/// The exit code for an error that can occur in either program.
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

/// A command that only serves to get ArgumentParser's exit code of an error, which is the same for every command.
private struct AnyCommand: ParsableCommand {}

extension Program {
    /// Prints the error and ends the process; help and version are printed as ArgumentParser formats them.
    package static func leave(with error: any Error) -> Never {
        ProgressDisplay.standardError.erase()
        let code = exitStatus(of: error), text = sentence(ofFoundations: error) ?? message(for: error)
        OneProcess.speak(isError: code != 0) {
            if code == 0 { showAndLeave(fullMessage(for: error)) }
            let name = configuration.commandName ?? "error"
            if !text.isEmpty { StandardError.write("\(name): \(text.bounded.withoutFullStop)\n") }
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

extension String {
    /// Without the full stop that ArgumentParser sets at the end of its sentences, and we do not.
    fileprivate var withoutFullStop: Substring { hasSuffix(".") && !hasSuffix("..") ? dropLast() : self[...] }
}
