import Formats
import Foundation
import TestSupport
import Testing

/// Two jobs in the folder of one run, as real processes.
@Suite(.tags(.slow), .unlessFast) struct RunLockTests {
    let example = try! TrainingExample.shared.get()
    private let endless = ["--steps", "100000", "--checkpoint-every", "5", "--keep", "2"]

    /// Starts a job, and after its 20th step a second one in its folder, twice, because the first refusal must not
    /// release the lock. Then ends the first job by a signal.
    private func two(
        ranks: Int, _ output: String, ending signal: String = "TERM", second: [String] = [],
        environment: [String: String] = [:]
    ) throws -> (first: Int32, second: Int32, complaint: String) {
        let launcher = ranks == 0 ? [] : ["mpirun", "-np", "\(ranks)"] + Mpirun.options
        let program = [Command.path(of: "convlstm-dist")] + example.arguments(output, endless)
        let script = """
            \((launcher + program).joined(separator: " ")) > /dev/null 2>&1 &
            until grep -qs '^20,' \(output)/metrics.csv; do kill -0 $! || exit 99; sleep 0.02; done
            stat -c %i \(output)/.lock
            timeout 20 \((program + second).joined(separator: " "))
            timeout 20 \((program + second).joined(separator: " ")); echo "$?"
            stat -c %i \(output)/.lock
            kill -\(signal) $!; wait $!; echo "$?"
            """
        let result = try Command.run(
            "bash", ["-c", script], environment: Mpirun.rootIsWelcome.merging(environment) { $1 },
            directory: example.folder.path, timeout: 90)
        let lines = result.stdout.split(separator: "\n").map(String.init)
        try #require(lines.count == 4, "\(result)")
        #expect(lines[0] == lines[2], "the lock's file was replaced")
        return (try #require(Int32(lines[3])), try #require(Int32(lines[1])), result.stderr)
    }

    /// Checks that all recorded steps are those of one run.
    private func isOneRun(_ output: String) throws {
        let steps = try example.column("step", of: "metrics.csv", output)
        #expect(steps.count >= 20 && steps == (1...steps.count).map(String.init))
        let verified = try Command.run(
            "convlstm-dist", ["checkpoint", "verify", output], directory: example.folder.path)
        #expect(verified.status == 0, "\(verified)")
    }

    @Test(arguments: [0, 2]) func theSecondIsRefusedAndTheFirstGoesOn(ranks: Int) throws {
        let output = example.freshOutput(), result = try two(ranks: ranks, output)
        #expect(result.second == 1)
        let sentence = try Regex(
            "another process trains in \(output): process \\d+ on \\S+ since \\d{4}-\\S+Z; wait for it, or choose another --output"
        )
        #expect(result.complaint.contains(sentence), "\(result.complaint)")
        #expect(ranks > 0 || result.first == 143)
        try isOneRun(output)
    }

    @Test func severalRanksAreRefusedAsOneIs() throws {
        let output = example.freshOutput(), program = Command.path(of: "convlstm-dist")
        let lock = try LockFile(
            path: {
                try Folder.make(example.folder.file(output)); return example.folder.file(output + "/.lock")
            }())
        let result = try Mpirun.run(
            ranks: 2, program, example.arguments(output, endless), directory: example.folder.path)
        #expect(result.status == 1 && result.stderr.contains("rank 0 of 2 on "), "\(result.stderr)")
        #expect(
            result.stderr.components(separatedBy: "another process trains in \(output)").count == 2, "\(result.stderr)")
        lock.release()
        #expect(try Folder.names(in: example.folder.file(output)) == [".lock"])
    }

    /// A batch system requeues a job like this after its node fails.
    @Test func aKilledJobsLockIsTakenOver() throws {
        let output = example.freshOutput()
        #expect(try example.train(ranks: 0, output, endless, sending: "KILL", after: 20).status == 137)
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        let result = try example.train(ranks: 2, output, ["--steps", "\(last + 5)"])
        #expect(result.status == 0 && result.stderr.contains("goes on after step "), "\(result.stderr)")
        try isOneRun(output)
    }

    /// NFS reports ENOLCK without its lock service, and Lustre reports ENOSYS without the mount option flock.
    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP]) func withoutLocksOfTheSystemThereIsOneAllTheSame(code: Int32) throws
    {
        let output = example.freshOutput(), fault = try Fault.noLocks(errno: code).environment
        let result = try two(ranks: 0, output, ending: "KILL", environment: fault)
        #expect(
            result.second == 1 && result.complaint.contains("another process trains in \(output): process "),
            "\(result)")
        let last = try #require(try example.column("step", of: "metrics.csv", output).last.flatMap { Int($0) })
        let further = try Command.run(
            "convlstm-dist", example.arguments(output, ["--steps", "\(last + 5)"]), environment: fault,
            directory: example.folder.path)
        #expect(further.status == 0 && further.stderr.contains("goes on after step "), "\(further.stderr)")
        try isOneRun(output)
        #expect(try Folder.names(in: example.folder.file(output))?.contains { $0.hasPrefix(".lock.") } == false)
    }

    @Test(.enabled(if: getuid() == 0, "only root can become another user"))
    func aFolderThatMayNotBeWrittenIsNoFolderThatIsTaken() throws {
        let output = example.freshOutput(), folder = example.folder.file(output)
        try example.train(ranks: 0, output, ["--steps", "2"])
        let script = """
            chmod -R a+rX . && chown -R 65534 \(output) && chmod -R a-w \(output)
            setpriv --reuid 65534 --regid 65534 --clear-groups \(Command.path(of: "convlstm-dist")) \
            \(example.arguments(output, ["--steps", "4"]).joined(separator: " "))
            """
        let result = try Command.run("sh", ["-c", script], directory: example.folder.path)
        _ = try Command.run("chmod", ["-R", "u+w", folder])
        #expect(result.status == 1, "\(result)")
        #expect(result.stderr.contains("\(output)/.lock could not be written (permission denied)"), "\(result.stderr)")
    }

    @Test func aRunThatCannotStartLeavesNoFolder() throws {
        let output = example.freshOutput()
        let result = try example.train(ranks: 0, output, ["--batch-size", "500000"])
        #expect(result.status == 2)
        #expect(try !Folder.holds(example.folder.file(output)))
        let memory = try example.train(
            ranks: 0, output,
            [
                "--config",
                try example.configuration(
                    replacing: "hidden: 6,", with: "hidden: 30000,"),
            ])
        #expect(memory.status == 2, "\(memory.stderr)")
        #expect(try !Folder.holds(example.folder.file(output)))
    }
}
