import Foundation
import TestSupport
import Testing

/// Each command's help has an example, and its words are options of that command.
@Suite struct HelpTests {
    /// A command as ArgumentParser describes it to other programs.
    private struct Description: Decodable {
        var commandName: String
        var discussion: String?
        var subcommands: [Description]?

        /// The commands that do something, each with all its words.
        func leaves(after words: [String] = []) -> [(words: [String], discussion: String)] {
            let words = words + [commandName], below = (subcommands ?? []).filter { $0.commandName != "help" }
            return below.isEmpty ? [(words, discussion ?? "")] : below.flatMap { $0.leaves(after: words) }
        }
    }

    private struct Dump: Decodable { var command: Description }

    @Test(arguments: [("convlstm-dist", 18), ("convlstm-shard", 9)])
    func everyCommandHasAnExampleOfItself(program: String, count: Int) throws {
        let dump = try Command.run(program, ["--experimental-dump-help"]).stdout
        let commands = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command.leaves()
        #expect(commands.count >= count, "\(commands.map(\.words))")
        for command in commands {
            let example = command.discussion.components(separatedBy: "Example: ").dropFirst().first ?? ""
            var words = example.split { $0 == " " || $0 == "\n" }.map(String.init)
            if words.first == "mpirun" { words.removeFirst(3) }
            #expect(words.starts(with: command.words), "\(command.words): \(example)")
            // With one option that there is not, that one is all there is to complain of.
            let result = try Command.run(program, words.dropFirst() + ["--no-such-option"])
            #expect(result.status == 2, "\(example): \(result)")
            #expect(
                result.stderr.hasPrefix("\(program): Unknown option '--no-such-option'"), "\(example): \(result)")
        }
    }

    @Test func helpIsThere() throws {
        for arguments in [["help", "train"], ["--help"], ["bench", "--help"], []] {
            let result = try Command.run("convlstm-dist", arguments)
            #expect(result.status == 0 && result.stdout.contains("USAGE: convlstm-dist"), "\(arguments): \(result)")
        }
    }

    @Test(arguments: [
        (
            "convlstm-dist train",
            [
                "WHAT TO TRAIN", "THE RUN'S FOLDER", "CHECKPOINTS AND VALIDATION", "RANKS, THREADS AND MEMORY",
                "SAFEGUARDS",
            ]
        ),
        ("convlstm-dist evaluate", ["WHAT FORECASTS, AND FROM WHAT", "SCORES IN THE UNIT OF THE DATA"]),
        ("convlstm-dist predict", ["WHAT FORECASTS, AND FROM WHAT"]),
        ("convlstm-shard split", ["HOW FILES ARE READ", "WHAT IS HELD BACK"]),
    ])
    func manyOptionsAreInGroups(command: String, titles: [String]) throws {
        let words = command.split(separator: " ").map(String.init)
        let help = try Command.run(words[0], [words[1], "--help"]).stdout
        for title in titles { #expect(help.contains("\n\(title):\n"), "\(title)") }
    }
}
