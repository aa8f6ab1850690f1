// The command itself: its subcommands, and how every error leaves it. The choice: one sentence on stderr; exit code 2
// for a wrong command line, 1 for anything that went wrong afterwards.

import ArgumentParser
import Foundation
import Platform
import Reports

@main
struct ConvLSTMShard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convlstm-shard",
        abstract: "Makes data sets of video sequences, and checks and shows what is in them.",
        version: "0.1.0",
        subcommands: [Generate.self, SplitCommand.self, Info.self, Verify.self, Cat.self])

    static func main() {
        StandardStreams.prepare()
        do {
            var command = try parseAsRoot()
            try OneProcess.require(for: name(of: command))
            Interruption.listen()
            try command.run()
            try StandardOutput.requireWritten()
        } catch {
            leave(with: error)
        }
    }

    private static func name(of command: any ParsableCommand) -> String {
        type(of: command).configuration.commandName ?? String(describing: type(of: command)).lowercased()
    }

    private static func leave(with error: any Error) -> Never {
        ProgressLine.onStandardError().erase()
        let code = processExitCode(of: error), text = sentence(ofFoundations: error) ?? message(for: error)
        OneProcess.speak(isError: code != 0) {
            if code == 0 { showAndLeave(fullMessage(for: error)) }
            if !text.isEmpty { StandardError.write("convlstm-shard: \(text.bounded)\n") }
        }
        StandardOutput.flush()
        Foundation.exit(code)
    }

    /// For what ArgumentParser has to show: help, the version.
    private static func showAndLeave(_ text: String) -> Never {
        StandardOutput.print(text)
        do { try StandardOutput.requireWritten() } catch { leave(with: error) }
        Foundation.exit(0)
    }

    private static func processExitCode(of error: any Error) -> Int32 {
        switch error {
        case let lost as LostOutput: return lost.exitCode
        case let interrupted as Interrupted: return interrupted.exitCode
        case is SeveralProcesses: return 2
        default:
            let code = exitCode(for: error)
            return code == .validationFailure ? 2 : code.rawValue
        }
    }
}
