// The command itself: its subcommands, and how every error leaves it. The choice: one sentence on stderr; exit code 2
// for a wrong command line, 1 for anything that went wrong afterwards.

import ArgumentParser
import Foundation
import Reports

@main
struct ConvLSTMShard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convlstm-shard",
        abstract: "Makes data sets of video sequences, and checks and shows what is in them.",
        version: "0.1.0",
        subcommands: [Generate.self, SplitCommand.self, Info.self, Verify.self, Cat.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            Interruption.listen()
            try command.run()
        } catch {
            leave(with: error)
        }
    }

    private static func leave(with error: any Error) -> Never {
        ProgressLine.onStandardError().erase()
        let code = exitCode(for: error), text = message(for: error)
        if code == .success {
            print(fullMessage(for: error))
        } else if !text.isEmpty {
            FileHandle.standardError.write(Data("convlstm-shard: \(text)\n".utf8))
        }
        Foundation.exit(code == .validationFailure ? 2 : code.rawValue)
    }
}
