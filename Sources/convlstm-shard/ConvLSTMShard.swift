// The root command: its subcommands, and how errors end it. The choice: one sentence on stderr; exit code 2 for a wrong
// command line, 1 for any later failure.

import ArgumentParser
import Foundation
import Platform
import CommandSupport
import Formats
import Version

@main
struct ConvLSTMShard: Program {
    static let configuration = CommandConfiguration(
        commandName: "convlstm-shard",
        abstract: "Makes data sets of video sequences, and checks and shows what is in them.",
        version: Version.description(
            instructions: Processor.compiledFor,
            libraries: ["zstd \(Zstd.version)", "neither MPI nor OpenBLAS: it is always one process"]),
        subcommands: [Generate.self, SplitCommand.self, Info.self, Verify.self, Repair.self, Cat.self])

    static func main() {
        StandardStreams.prepare()
        Interruption.leaveQuitToTheSystem()
        do {
            try requireCommand(in: Array(CommandLine.arguments.dropFirst()))
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

    static func exitStatus(of error: any Error) -> Int32 { commonExitCode(of: error) }
}
