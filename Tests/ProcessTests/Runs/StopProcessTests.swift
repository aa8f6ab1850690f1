import Foundation
import TestSupport
import Testing

/// Runs that are asked to end before their last step, and are resumed.
@Suite(.tags(.slow), .unlessFast) struct StopProcessTests {
    let example = try! TrainingExample.shared.get()

    /// Options with a constant schedule; the default one depends on the length of the run, which differs after a
    /// resume.
    private let steady: [String]

    init() throws { steady = ["--config", try example.configuration(with: "schedule: constant")] }

    private func names(of output: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: example.folder.file(output + "/checkpoints"))
    }

    /// Resumes a stopped run for three more steps, and compares it with a run that never stopped.
    private func goesOn(_ output: String, ranks: Int, after step: Int) throws {
        let whole = example.freshOutput(),
            options = steady + ["--steps", "\(step + 3)", "--checkpoint-every", "100000"]
        let further = try example.train(ranks: ranks, output, options)
        #expect(further.status == 0 && further.stderr.contains("goes on after step \(step) "), "\(further.stderr)")
        try example.train(ranks: ranks, whole, options)
        #expect(try example.tensors(output, step: step + 3) == example.tensors(whole, step: step + 3))
        #expect(try example.column("step", of: "metrics.csv", output) == (1...step + 3).map(String.init))
        #expect(
            try example.column("loss", of: "metrics.csv", output) == example.column("loss", of: "metrics.csv", whole))
    }

    /// mpirun forwards both signals to all ranks.
    @Test(arguments: [(0, "USR1"), (1, "USR2"), (2, "USR1"), (3, "USR2")])
    func allRanksStopAtTheSameStep(ranks: Int, signal: String) throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: ranks, output, steady + ["--steps", "100000", "--checkpoint-every", "100000"], sending: signal,
            after: 5)
        #expect(result.status == 75, "\(result.stderr)")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        let sentence = "SIG\(signal): stopped after step \(last); go on with the same command"
        #expect(result.stderr.components(separatedBy: sentence).count == 2, "\(result.stderr)")
        #expect(try example.text(of: "log.txt", output).contains(sentence))
        #expect(try names(of: output).contains { $0.hasSuffix("0\(last).safetensors.zst") })
        try goesOn(output, ranks: ranks, after: last)
    }

    /// If there is no time for more, each run makes one step, and the last run ends normally.
    @Test(arguments: [0, 2]) func aTimeLimitThatIsTooShortStillGetsOn(ranks: Int) throws {
        let (whole, parts) = (example.freshOutput(), example.freshOutput())
        for (step, status) in [(1, 75), (2, 75), (3, 0)] as [(Int, Int32)] {
            let result = try example.train(ranks: ranks, parts, ["--steps", "3", "--max-time", "1s"])
            #expect(result.status == status, "\(result.stderr)")
            #expect(
                result.stderr.contains("--max-time: stopped after step \(step);") == (status == 75), "\(result.stderr)")
        }
        try example.train(ranks: ranks, whole, ["--steps", "3"])
        #expect(try example.tensors(parts, step: 3) == example.tensors(whole, step: 3))
        #expect(
            try example.column("loss", of: "validation.csv", parts)
                == example.column("loss", of: "validation.csv", whole))
    }

    @Test func aTimeLimitIsUsedAndKept() throws {
        let output = example.freshOutput(), start = Date()
        let result = try example.train(ranks: 2, output, ["--steps", "1000000", "--max-time", "4s"])
        #expect(result.status == 75 && result.stderr.contains("--max-time: stopped after step "), "\(result.stderr)")
        #expect(try example.column("step", of: "metrics.csv", output).count > 10)
        // mpirun takes some time to start and end its ranks.
        #expect(Date().timeIntervalSince(start) < 10)
    }

    /// mpirun ends its ranks at once; the checkpoints they had saved are intact.
    @Test func whatIsOnDiskOutlivesMpirun() throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 2, output, steady + ["--steps", "100000", "--checkpoint-every", "1"], sending: "TERM", after: 20)
        #expect(result.status != 0 && result.status != 75)
        let verified = try Command.run(
            "convlstm-dist", ["checkpoint", "verify", output], directory: example.folder.path)
        #expect(verified.status == 0 && verified.stdout.contains("ok "), "\(verified)")
        let step = try #require(
            try names(of: output).compactMap { $0.wholeMatch(of: /step-(\d+)\.safetensors\.zst/).flatMap { Int($0.1) } }
                .max())
        try goesOn(output, ranks: 2, after: step)
    }

    /// Ctrl-C makes mpirun send SIGTERM to its ranks, and SIGKILL a second later: among other tests that write, a busy
    /// disk may not take a checkpoint within it.
    @Test(arguments: ["INT", "TERM"]) func ranksThatMpirunEndsSaveTheirStep(signal: String) throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 2, output, steady + ["--steps", "100000", "--checkpoint-every", "100000"], sending: signal, after: 20
        )
        #expect(result.status != 0 && result.status != 75, "\(result)")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        #expect(result.stderr.contains("SIGTERM: ends after step \(last) with a checkpoint"), "\(result.stderr)")
        let sentence = "SIGTERM: stopped after step \(last); go on with the same command"
        #expect(result.stderr.contains(sentence), "\(result.stderr)")
        #expect(try example.text(of: "log.txt", output).contains(sentence))
        try goesOn(output, ranks: 2, after: last)
    }

    /// The signals of a closing terminal, of a limit on processor time, and of Ctrl-C.
    @Test(arguments: [("HUP", 129), ("XCPU", 75), ("INT", 130)] as [(String, Int32)])
    func oneProcessSavesItsStep(signal: String, status: Int32) throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 0, output, steady + ["--steps", "100000", "--checkpoint-every", "100000"], sending: signal, after: 20
        )
        #expect(result.status == status, "\(result)")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        try goesOn(output, ranks: 0, after: last)
    }

    @Test func aTerminalThatIsClosedEndsNoRunUnderNohup() throws {
        let output = example.freshOutput()
        let command = ["nohup", Command.path(of: "convlstm-dist")] + example.arguments(output, ["--steps", "1000000"])
        let script = """
            \(command.joined(separator: " ")) > /dev/null 2>&1 &
            until grep -qs '^20,' \(output)/metrics.csv; do kill -0 $! || exit 99; sleep 0.02; done
            kill -HUP $!; rows=$(wc -l < \(output)/metrics.csv)
            until [ $(wc -l < \(output)/metrics.csv) -gt $((rows + 20)) ]; do kill -0 $! || exit 98; sleep 0.02; done
            kill -TERM $!; wait $!
            """
        #expect(try Command.run("bash", ["-c", script], directory: example.folder.path).status == 143)
    }

    /// A batch of one leaves the first of two ranks without work, so that it waits for the other in every step.
    @Test func theRankThatAllWaitForIsNamed() throws {
        let output = example.freshOutput()
        let config = try example.configuration(replacing: "hidden: 6,", with: "hidden: 64,")
        let result = try example.train(
            ranks: 2, output, ["--config", config, "--batch-size", "1", "--steps", "100", "--evaluate-every", "1000"])
        #expect(result.status == 0, "\(result.stderr)")
        let log = try example.text(of: "log.txt", output)
        for sentence in [
            /100 \S+ rank 1 on \S+ held up \d+ of the last 100 steps: its own work took [0-9.]+ m?s and that of/,
            /waiting for the slowest rank: \d+ %; rank 1 on \S+ was the slowest in \d+ % of the steps/,
            /100 steps, mean of 2 ranks +seconds +share/,
        ] { #expect(log.contains(sentence), "\(log)") }
        func column(_ name: String) throws -> [Double] {
            try example.column(name, of: "metrics.csv", output).map { try #require(Double($0)) }
        }
        #expect(try column("slowest_rank").filter { $0 == 1 }.count > 75)
        #expect(try zip(column("slowest_busy_s"), column("others_busy_s")).allSatisfy { $0 >= $1 && $1 > 0 })
        #expect(try zip(column("reduce_s"), column("exchange_s")).allSatisfy { $0 >= $1 && $1 > 0 })
    }
}
