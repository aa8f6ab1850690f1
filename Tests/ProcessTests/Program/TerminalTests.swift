import Foundation
import TestSupport
import Testing

/// What a person sees on a terminal, which Python's pty is here.
@Suite struct TerminalTests {
    /// What a command wrote to a terminal, and what the screen showed at its end.
    private struct Session: Decodable {
        var status: Int32, written: String, screen: [String]

        /// The lines of the screen without those of the table at the end, each of which occurs.
        func count(_ prefix: String) -> Int { screen.count { $0.hasPrefix(prefix) } }
    }

    private let example: TrainingExample
    private let output: String

    init() throws {
        example = try TrainingExample.shared.get()
        output = example.freshOutput()
    }

    private func session(
        _ command: [String], columns: Int = 100, _ environment: [String: String] = [:]
    ) throws -> Session {
        let variables = ["TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": ""].merging(Mpirun.rootIsWelcome) { $1 }
        let result = try Command.run(
            "python3",
            [Repository.fixture("in-a-terminal", of: "ProcessTests").path, "\(columns)"] + command,
            environment: variables.merging(environment) { $1 }, directory: example.folder.path, timeout: 120)
        try #require(result.status == 0, "\(result)")
        return try JSONDecoder().decode(Session.self, from: Data(result.stdout.utf8))
    }

    /// The command that trains with so many ranks under mpirun, or for 0 ranks in one process.
    private func training(ranks: Int, _ options: [String] = [], mpirun: [String] = []) -> [String] {
        let launcher = ranks == 0 ? [] : ["mpirun", "-np", "\(ranks)"] + Mpirun.options + mpirun
        return launcher + [Command.path(of: "convlstm-dist")]
            + example.arguments(output, ["--steps", "40", "--evaluate-every", "20"] + options)
    }

    /// Messages stand once, in order, above a panel that leaves nothing behind; mpirun's terminal is that of rank 0.
    @Test(arguments: [0, 2]) func trainingShowsAPanel(ranks: Int) throws {
        let seen = try session(training(ranks: ranks))
        #expect(seen.status == 0 && seen.written.contains("\u{1B}["), "\(seen)")
        #expect(seen.written.contains("epoch 1/10 ━") || seen.written.contains("epoch 1/10 ─"), "\(seen.written)")
        #expect(seen.written.contains("  step 1/40  "), "\(seen.written)")
        for message in ["model tiny: ", "step 20: validation loss ", "step 40: validation loss ", "finished in "] {
            #expect(seen.count(message) == 1, "\(message): \(seen.screen)")
        }
        #expect(seen.count("epoch ") == 0 && seen.count("loss ") == 0, "\(seen.screen)")
        let last = seen.screen.filter { $0.hasPrefix("step 40/40  100 %  loss ") }
        #expect(last.count == 1 && last[0].hasSuffix("seq/s  0 s left"), "\(seen.screen)")
        #expect(ranks == 0 || seen.written.contains("  2 ranks"), "\(seen.written)")
    }

    /// Where mpirun marks lines or sends them elsewhere, where a terminal cannot move its cursor, and in a pipe.
    @Test func elsewhereLinesArePlain() throws {
        for option in ["--tag-output", "--timestamp-output"] {
            let marked = try session(
                training(ranks: 2, ["--output", example.freshOutput()], mpirun: [option]))
            #expect(marked.status == 0 && !marked.written.contains("\u{1B}"), "\(marked)")
            #expect(marked.written.contains("<stderr>:step 1/40  "), "\(marked)")
        }
        let dumb = try session(
            training(ranks: 0, ["--resume", "never", "--output", example.freshOutput()]), ["TERM": "dumb"])
        #expect(dumb.status == 0 && !dumb.written.contains("\u{1B}"), "\(dumb)")
        let piped = try Command.run(
            "sh",
            ["-c", training(ranks: 0, ["--output", example.freshOutput()]).joined(separator: " ") + " 2>&1 | cat"],
            environment: ["TERM": "xterm"], directory: example.folder.path)
        #expect(!piped.stdout.contains("\u{1B}") && piped.stdout.contains("step 40/40  100 %  loss"), "\(piped)")
    }

    /// A virtual rank without sequences is warned of: in color unless NO_COLOR is set, in lines that end at words.
    @Test func warningsStandOutAndWrap() throws {
        let options = ["--batch-size", "2", "--virtual-ranks", "3"]
        let seen = try session(training(ranks: 0, options), columns: 60)
        #expect(seen.written.contains("\u{1B}[1;33mwarning:\u{1B}[0m a global batch of 2"), "\(seen.written)")
        let first = try #require(seen.screen.firstIndex { $0.hasPrefix("warning: ") })
        #expect(seen.screen[first].count < 60 && seen.screen[first + 1].hasPrefix("  "), "\(seen.screen)")
        let plain = try session(
            training(ranks: 0, options + ["--output", example.freshOutput()]), columns: 60, ["NO_COLOR": "1"])
        #expect(!plain.written.contains("\u{1B}[1;33m") && plain.count("warning: a global") == 1, "\(plain.screen)")
    }

    /// Quiet runs tell of warnings alone, and verbose ones of each step; log.txt has the loss in any case.
    @Test func aRunTellsAsMuchAsIsAsked() throws {
        let quiet = try example.train(ranks: 0, output, ["--steps", "3", "--quiet"])
        #expect(quiet.status == 0 && quiet.stderr.isEmpty && quiet.stdout.isEmpty, "\(quiet)")
        let warned = try example.train(
            ranks: 0, example.freshOutput(), ["--steps", "1", "--quiet", "--batch-size", "2", "--virtual-ranks", "3"])
        #expect(
            warned.stderr.hasPrefix("warning: a global batch of 2") && warned.stderr.count { $0 == "\n" } == 1,
            "\(warned)")
        let log = try example.text(of: "log.txt", output)
        #expect(
            log.contains(" step 1/3  ") && log.contains(" step 3/3  100 %  loss ") && log.contains("model tiny"),
            "\(log)")
        let verbose = try example.train(ranks: 2, example.freshOutput(), ["--steps", "3", "--verbose"])
        for step in 1...3 {
            #expect(
                verbose.stderr.contains("\nstep \(step)  loss ") && verbose.stderr.contains("  gradient norm "),
                "\(verbose)")
        }
        #expect(verbose.stderr.contains("  reduce "), "\(verbose)")
        let both = try example.train(ranks: 0, example.freshOutput(), ["--quiet", "--verbose"])
        #expect(both.status == 2 && both.stderr.contains("leave one of the two out"), "\(both)")
    }

    /// A split of many sequences shows a bar, which is gone when it is done.
    @Test func otherJobsShowABar() throws {
        let made = try session([
            Command.path(of: "convlstm-shard"), "generate", "moving-mnist", "--sequences", "3000", "--output",
            "many.npy",
        ])
        #expect(made.status == 0 && made.written.contains("━") && made.written.contains("/3000, "), "\(made.written)")
        #expect(made.screen.filter { !$0.isEmpty }.count == 1, "\(made.screen)")
    }
}
