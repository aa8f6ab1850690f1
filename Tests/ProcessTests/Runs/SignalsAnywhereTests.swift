// Each signal in each phase of a run, in one process and under mpirun: the documented exit code, all processes gone,
// and the same command ends the run as an undisturbed one.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct SignalsAnywhereTests {
    private let example = try! TrainingExample.shared.get()

    enum Phase: CaseIterable {
        /// Before the first step.
        case start
        /// While the sequences of step 2 are read.
        case step
        /// While the checkpoint of step 2 is written.
        case checkpoint
        /// While the sequences of the validation after step 2 are read.
        case validation
        /// After the checkpoint of the last step, before the last line of the log.
        case end

        fileprivate func calls(in run: String) -> [Trigger.Calls] {
            let row = Trigger.Calls("write", run + "/metrics.csv"), read = Trigger.Calls("pread", "tiny.shards")
            switch self {
            case .start: return [Trigger.Calls("mkdir", run)]
            case .step: return [row, read]
            case .checkpoint: return [Trigger.Calls("pwrite", run + "/checkpoints/.step-000000002.")]
            case .validation: return [row, row, read]
            case .end:
                let last = Trigger.Calls("rename", run + "/checkpoints/step-00000000\(SignalsAnywhereTests.steps).")
                return [last, Trigger.Calls("write", run + "/log.txt")]
            }
        }
    }

    fileprivate static let steps = 8

    private static let options = [
        "--steps", "\(steps)", "--checkpoint-every", "1", "--keep", "1", "--evaluate-every", "2",
    ]

    /// The signals that a run makes something of, and the exit code of one that they end early: 0 where they do not.
    private static let codes: KeyValuePairs<Int32, Int32> = [
        SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGUSR1: 75, SIGUSR2: 75, SIGPIPE: 0, SIGALRM: 142, SIGTERM: 143,
        SIGXCPU: 75,
    ]

    /// Trains with every signal at its default action, whatever the tests were started with.
    private func train(ranks: Int, _ run: String, at trigger: Trigger? = nil) throws -> CommandResult {
        let launcher = ranks == 0 ? [] : ["mpirun", "-np", "\(ranks)"] + Mpirun.options
        let command = ["--default-signal"] + launcher + [Command.path(of: "convlstm-dist")]
        let environment = try trigger?.environment(note: run + "-reached") ?? [:]
        let line = (["exec", "env"] + command + example.arguments(run, Self.options)).joined(separator: " ")
        return try Command.run(
            "bash", ["-c", "unset OPENBLAS_NUM_THREADS; ulimit -c 0; " + line],
            environment: Mpirun.rootIsWelcome.merging(environment) { $1 },
            directory: example.folder.path, timeout: 60)
    }

    /// Whether a process of a run is still there, after a while in which it may end.
    private func isStillThere(_ run: String) throws -> Bool {
        let end = Date() + 20
        repeat {
            if try Command.run("pgrep", ["-f", "--", "--output \(run) "]).status == 1 { return false }
            usleep(50_000)
        } while Date() < end
        return true
    }

    /// The signal was sent, no process is left, no checkpoint is damaged, and the run goes on to its end.
    private func nothingIsLost(_ run: String, ranks: Int, as outcome: RunOutcome, _ what: String) throws {
        #expect(try !isStillThere(run), "\(what)")
        let reached = example.folder.file(run + "-reached")
        #expect(FileManager.default.fileExists(atPath: reached), "\(what): the moment did not come")
        let store = example.folder.file(run + "/checkpoints")
        if (try? FileManager.default.contentsOfDirectory(atPath: store))?.contains(where: { $0.hasPrefix("step-") })
            == true
        {
            let verified = try Command.run("convlstm-dist", ["checkpoint", "verify", store])
            let damaged = verified.stdout.split(separator: "\n").filter {
                $0.hasPrefix("DAMAGED") && $0.contains(".zst")
            }
            #expect(damaged.isEmpty, "\(what): \(verified)")
        }
        let further = try train(ranks: ranks, run)
        #expect(further.status == 0, "\(what): \(further)")
        #expect(try RunOutcome(example, run, step: Self.steps) == outcome, "\(what)")
    }

    private func undisturbed(ranks: Int) throws -> RunOutcome {
        let whole = example.freshOutput(), result = try train(ranks: ranks, whole)
        try #require(result.status == 0, "\(result)")
        return try RunOutcome(example, whole, step: Self.steps)
    }

    @Test(arguments: Phase.allCases) func oneProcess(phase: Phase) throws {
        let outcome = try undisturbed(ranks: 0)
        for (signal, code) in Self.codes {
            let run = example.freshOutput(), what = "signal \(signal) at \(phase)"
            let result = try train(ranks: 0, run, at: Trigger(.signal(signal), after: phase.calls(in: run)))
            // What has all its steps is done, whatever it was asked.
            #expect(result.status == (phase == .end && signal != SIGALRM ? 0 : code), "\(what): \(result)")
            let isAsked = ![0, 142].contains(code), isAtOnce = phase == .start && code != 75
            #expect(
                result.stderr.contains("stopped after step") == (isAsked && !isAtOnce && phase != .end),
                "\(what): \(result)")
            try nothingIsLost(run, ranks: 0, as: outcome, what)
        }
    }

    /// A signal to a rank, or to mpirun.
    struct Trouble: Sendable, CustomTestStringConvertible {
        var phase: Phase
        var signal: Int32
        /// The rank; nil for mpirun.
        var rank: Int?
        /// Mpirun's exit code; nil for any that is neither 0 nor 75.
        var code: Int32?

        var testDescription: String { "\(phase), signal \(signal) to \(rank.map { "rank \($0)" } ?? "mpirun")" }
    }

    @Test(arguments: [
        Trouble(phase: .start, signal: SIGINT, rank: 0, code: 130),
        Trouble(phase: .start, signal: SIGUSR1, rank: 0, code: 75),
        Trouble(phase: .start, signal: SIGTERM),
        Trouble(phase: .step, signal: SIGHUP, rank: 0, code: 129),
        Trouble(phase: .step, signal: SIGQUIT, rank: 0, code: 131),
        Trouble(phase: .step, signal: SIGALRM, rank: 0, code: 142),
        Trouble(phase: .step, signal: SIGPIPE, rank: 0, code: 0),
        Trouble(phase: .step, signal: SIGXCPU, code: 75),
        Trouble(phase: .step, signal: SIGQUIT),
        Trouble(phase: .checkpoint, signal: SIGTERM, rank: 0, code: 143),
        Trouble(phase: .checkpoint, signal: SIGUSR2, code: 75),
        Trouble(phase: .checkpoint, signal: SIGINT),
        Trouble(phase: .validation, signal: SIGXCPU, rank: 0, code: 75),
        Trouble(phase: .validation, signal: SIGHUP),
        Trouble(phase: .end, signal: SIGUSR1, code: 0),
        Trouble(phase: .end, signal: SIGALRM, rank: 0, code: 142),
    ]) func severalRanks(trouble: Trouble) throws {
        let run = example.freshOutput(), what = trouble.testDescription
        let event: Trigger.Event = trouble.rank == nil ? .signalToParent(trouble.signal) : .signal(trouble.signal)
        // Rank 0 alone writes, so that its calls tell the phase.
        let trigger = Trigger(event, after: trouble.phase.calls(in: run), ofRank: trouble.rank ?? 0)
        let result = try train(ranks: 2, run, at: trigger)
        if let code = trouble.code {
            #expect(result.status == code, "\(what): \(result)")
        } else {
            #expect(result.status != 0 && result.status != 75, "\(what): \(result)")
        }
        try nothingIsLost(run, ranks: 2, as: undisturbed(ranks: 2), what)
    }

    /// A rank that writes nothing: it tells the others.
    @Test(arguments: [(SIGUSR2, 75), (SIGTERM, 143), (SIGALRM, 142)] as [(Int32, Int32)])
    func anotherRank(signal: Int32, code: Int32) throws {
        let run = example.freshOutput()
        let trigger = Trigger(.signal(signal), after: [Trigger.Calls("pread", "tiny.shards", count: 20)], ofRank: 1)
        let result = try train(ranks: 2, run, at: trigger)
        #expect(result.status == code, "\(result)")
        try nothingIsLost(run, ranks: 2, as: undisturbed(ranks: 2), "signal \(signal) to rank 1")
    }
}
