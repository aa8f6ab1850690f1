// Programs under limits on threads, memory or file sizes: they end with a sentence within a second, and never hang.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct LimitsTests {
    private let tools = try! ToolsExample.shared.get()

    /// Runs a shell command in the example's folder; `$D` and `$S` are the two programs.
    private func shell(_ line: String) throws -> CommandResult {
        let programs = ["D": Command.path(of: "convlstm-dist"), "S": Command.path(of: "convlstm-shard")]
        return try Command.run(
            "bash", ["-c", "unset OPENBLAS_NUM_THREADS; " + line], environment: programs, directory: tools.folder.path,
            timeout: 60)
    }

    private func refuse(_ line: String, _ phrases: String...) throws {
        let result = try shell(line)
        #expect([1, 2].contains(result.status), "\(line): \(result)")
        let sentence = result.stderr.split(separator: "\n").last ?? ""
        for phrase in phrases { #expect(sentence.contains(phrase), "\(line): \(result)") }
        #expect(sentence.hasPrefix("convlstm-"), "\(line): \(result)")
    }

    private var training: String {
        get throws {
            let arguments = try TrainingExample.shared.get().arguments("run-" + UUID().uuidString, ["--steps", "2"])
            return "$D " + arguments.joined(separator: " ")
        }
    }

    /// A thread's 8 MB stack counts towards the limit on addresses, which thus limits threads for any user.
    @Test(arguments: [
        ("evaluate --checkpoint tools --threads 500", "lower --threads"),
        ("doctor --threads 500", "lower --threads"),
        ("bench step small --threads 500 --steps 1", "fewer --threads"),
        (
            "predict --checkpoint tools --threads 500 --input squares-shifted.npy --layout sequences-first --output none",
            "lower --threads"
        ),
    ])
    func threadsThatCannotStartAreSaid(_ line: String, _ advice: String) throws {
        try refuse("ulimit -v 3000000; exec $D \(line)", advice)
    }

    @Test func trainingSaysThatThreadsCannotStart() throws {
        try refuse("ulimit -v 3000000; exec \(training) --threads 500", "ulimit -v 3000000", "fewer --threads")
    }

    /// A limit on processes that is already used up; it applies to any user but root.
    @Test(.enabled(if: geteuid() == 0 && nobodyReaches(Command.path(of: "convlstm-dist")), "needs to run as nobody"))
    func processesThatAreUsedUpAreSaid() throws {
        let nobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups"
        try #require(chmod(tools.folder.path, 0o777) == 0)
        for threads in [4, 8] {
            try refuse(
                "ulimit -u 3; \(nobody) $D evaluate --checkpoint tools --threads \(threads)",
                "\(threads) threads could not be started (resource temporarily unavailable); lower --threads")
        }
        try refuse("ulimit -u 5; \(nobody) \(training) --threads 8", "8 threads could not be started")
        let folder = "split-" + UUID().uuidString
        let split = try shell(
            "ulimit -u 1; \(nobody) $S split squares-shifted.npy --layout sequences-first --output \(folder)")
        #expect(split.status == 0, "\(split)")
        #expect(try shell("$S verify \(folder)").status == 0)
    }

    @Test(arguments: [250_000, 300_000, 350_000, 400_000, 500_000])
    func tooFewAddressesAreSaidOrSuffice(_ limit: Int) throws {
        for line in ["$D evaluate --checkpoint tools", try training, "$D bench step small --steps 1"] {
            let result = try shell("ulimit -v \(limit); exec timeout -s KILL 30 \(line)")
            let sentence = result.stderr.split(separator: "\n").last ?? ""
            #expect(
                result.status == 0 || [1, 2].contains(result.status) && sentence.contains("ulimit -v \(limit)"),
                "\(line): \(result)")
        }
    }

    @Test func numbersWithoutBoundAreRefused() throws {
        for option in [
            "--threads", "--batch-size", "--steps", "--epochs", "--keep", "--virtual-ranks", "--accumulate",
            "--checkpoint-every", "--keep-every",
            "--evaluate-every", "--verify-replicas-every",
        ] {
            for number in ["1000000001", "4611686018427387904", "-1"] {
                try refuse("exec \(training) \(option) \(number)", "\(option) is \(number); give a number from")
            }
        }
        try refuse("exec \(training) --threads 1000000", "--threads is 1000000; give a number from 1 to 1024")
    }

    /// A data set larger than the limit on file sizes.
    @Test func aFileThatGrowsTooLargeIsSaid() throws {
        let output = "large-" + UUID().uuidString
        try refuse(
            "ulimit -f 20; exec $S generate moving-mnist --sequences 300 --output \(output).npy",
            "could not be written (file")
        try refuse(
            "ulimit -f 1; exec $D predict --checkpoint tools --sequence 0 --output \(output)", "(file too large)")
        #expect(try tools.folder.names.allSatisfy { !$0.contains(output) })
    }

    /// A program that may not open enough files says so, wherever it is when it finds out, or has enough.
    @Test func tooFewFilesAreSaidOrSuffice() throws {
        let array = "squares-shifted.npy --layout sequences-first"
        for limit in 5...20 {
            for line in [try training, "$D evaluate --checkpoint tools", "$S split \(array) --output few-\(UUID())"] {
                let result = try shell("ulimit -n \(limit); exec timeout -s KILL 30 \(line)")
                let sentence = result.stderr.split(separator: "\n").last ?? ""
                let isSaid = result.status == 1 && sentence.contains("(too many open files); raise the limit")
                #expect(isSaid || result.status == 0, "\(limit), \(line): \(result)")
                if limit == 5 && line.hasPrefix("$D train") { #expect(isSaid, "\(line): \(result)") }
                if limit == 20 { #expect(result.status == 0, "\(line): \(result)") }
            }
        }
    }

    /// A limit that is found before the first step, not with the first checkpoint.
    @Test func checkpointsThatWouldGrowTooLargeEndTheStart() throws {
        let line = try training, output = try #require(line.split(separator: " ").last { $0.hasPrefix("run-") })
        try refuse(
            "ulimit -f 20; exec \(line)", "/checkpoints does not take a file of", "(file too large)", "raise the limit")
        #expect(!FileManager.default.fileExists(atPath: tools.folder.file(output + "/metrics.csv")))
    }
}

private func nobodyReaches(_ program: String) -> Bool {
    let test = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-x", program]
    return (try? Command.run("setpriv", test))?.status == 0
}
