import Foundation
import TestSupport
import Testing

/// Launch/slurm.sbatch, with stand-ins for the cluster: an mpirun and a scontrol that record their arguments.
/// `SlurmJobTests` has a real one.
@Suite struct SlurmScriptTests {
    private let folder = try! TemporaryFolder()
    private let script = Repository.path + "Launch/slurm.sbatch"

    /// The words after `#SBATCH`, which sbatch reads up to the first command.
    private func directives() throws -> [String] {
        let lines = try Repository.text(of: "Launch/slurm.sbatch").components(separatedBy: "\n")
        return lines.prefix { $0.isEmpty || $0.hasPrefix("#") }.filter { $0.hasPrefix("#SBATCH ") }
            .flatMap { $0.split(separator: " ").dropFirst().map(String.init) }
    }

    @Test func sbatchKnowsItsOptions() throws {
        let known = try Set(
            Repository.text(of: "Tests/ProcessTests/Fixtures/sbatch-options.txt").split(separator: "\n"))
        let names = try directives().map { $0.dropFirst(2).prefix { $0 != "=" } }
        #expect(names.count >= 8 && names.allSatisfy { known.contains($0) }, "\(names)")
        #expect(try directives().contains("--signal=B:USR1@120") && directives().contains("--requeue"))
        #expect(try Command.run("bash", ["-n", script]).status == 0)
        let all = try Repository.text(of: "Launch/slurm.sbatch").components(separatedBy: "#SBATCH ").count - 1
        #expect(try directives().count == all)
    }

    /// Runs the script on the first of two nodes, as sbatch starts it, with an mpirun that executes these commands.
    private func run(mpirun: String, then: String = "") throws -> CommandResult {
        try shell("bash \(script) --model small --output run & \(then) wait $!", mpirun: mpirun)
    }

    private func shell(_ line: String, mpirun: String) throws -> CommandResult {
        let tools = ["mpirun": "echo \"$@\" > mpirun.txt\n\(mpirun)", "scontrol": "echo \"$@\" > scontrol.txt"]
        for (name, commands) in tools {
            let file = try folder.write(Array("#!/bin/bash\n\(commands)\n".utf8), to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        return try Command.run(
            "bash", ["-c", line],
            environment: [
                "PATH": folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
                "SLURM_SUBMIT_DIR": String(Repository.path.dropLast()), "SLURM_JOB_ID": "77",
                "SLURM_NTASKS_PER_NODE": "4", "SLURM_CPUS_PER_TASK": "2", "SLURM_ARRAY_TASK_ID": "1",
            ], directory: folder.path, timeout: 30)
    }

    private func text(of file: String) throws -> String { String(decoding: try folder.bytes(of: file), as: UTF8.self) }

    @Test func ranksAreBoundToTheCoresOfTheirThreads() throws {
        #expect(try run(mpirun: "exit 0").status == 0)
        let words = try text(of: "mpirun.txt").split(whereSeparator: \.isWhitespace).map(String.init)
        let program = try #require(words.firstIndex { $0.hasSuffix("/convlstm-dist") })
        #expect(words[..<program].contains("ppr:4:node:PE=2"))
        let tuning = try #require(words.firstIndex(of: "--tune"))
        #expect(FileManager.default.fileExists(atPath: words[tuning + 1]))
        let configuration = try Command.run("convlstm-dist", words[(program + 1)...] + ["--print-config"])
        #expect(configuration.status == 0 && configuration.stdout.contains("threads: 2"), "\(configuration)")
        #expect(!(try folder.names.contains("scontrol.txt")))
    }

    /// The lines of the manual for a job array, in its second task.
    @Test func aTaskOfAnArrayTrainsItsPreset() throws {
        let lines = try Repository.text(of: "Launch/README.md").split(separator: "\n")
        let block = lines.drop { !$0.hasPrefix("    presets=(") }.prefix { $0.hasPrefix("    ") }
        try #require(block.count == 3)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("Launch"), withDestinationPath: Repository.path + "Launch")
        #expect(try shell(block.joined(separator: "\n"), mpirun: "exit 0").status == 0)
        let words = try text(of: "mpirun.txt").split(whereSeparator: \.isWhitespace).map(String.init)
        let program = try #require(words.firstIndex { $0.hasSuffix("/convlstm-dist") })
        let configuration = try Command.run("convlstm-dist", words[(program + 1)...] + ["--print-config"])
        #expect(configuration.stdout.contains("name: neural-scene"), "\(configuration)")
    }

    /// Slurm's signal reaches mpirun, which ends with the exit code of its ranks.
    @Test func aRunThatIsOutOfTimeIsQueuedAgain() throws {
        let waiting = "trap 'exit 75' USR1; touch ready; while true; do sleep 0.01; done"
        let result = try run(mpirun: waiting, then: "until [ -e ready ]; do sleep 0.01; done; kill -USR1 $!;")
        #expect(result.status == 75 && result.stdout.contains("Queued again"), "\(result)")
        #expect(try text(of: "scontrol.txt") == "requeue 77\n")
    }

    /// An error of the run is one at once, a lost host after the restarts of the slot.
    @Test(arguments: [(1, 1), (2, 1), (205, 4)]) func aRunThatFailedIsNot(status: Int32, jobs: Int) throws {
        #expect(try run(mpirun: "echo job >> jobs.txt; exit \(status)").status == status)
        #expect(try text(of: "jobs.txt").split(separator: "\n").count == jobs)
        #expect(!(try folder.names.contains("scontrol.txt")))
    }

    /// scancel sends SIGTERM: the run is told to save, and is not queued again.
    @Test func aRunThatIsCancelledSavesAndIsNotQueuedAgain() throws {
        let waiting = "trap 'exit 75' USR1; touch ready; while true; do sleep 0.01; done"
        let result = try run(mpirun: waiting, then: "until [ -e ready ]; do sleep 0.01; done; kill -TERM $!;")
        #expect(result.status == 75, "\(result)")
        #expect(!(try folder.names.contains("scontrol.txt")))
    }
}
