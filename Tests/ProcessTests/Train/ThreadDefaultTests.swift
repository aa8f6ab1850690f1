import Foundation
import TestSupport
import Testing

/// How many threads a run starts where nobody says, and that it keeps them.
@Suite struct ThreadDefaultTests {
    let example = try! TrainingExample.shared.get()

    /// Trains without a number of threads, or with one among the options; `prefix` starts the program.
    private func train(_ output: String, _ options: [String], prefix: [String] = []) throws -> CommandResult {
        let command = prefix + [Command.path(of: "convlstm-dist")] + (try arguments(output, options))
        let result = try Command.run(
            "env", command, environment: ["SLURM_CPUS_PER_TASK": ""], directory: example.folder.path)
        #expect(result.status == 0, "\(result.stderr)")
        return result
    }

    private func arguments(_ output: String, _ options: [String]) throws -> [String] {
        let config = try example.configuration(replacing: "threads: 1\n", with: "")
        return ["train", "--config", config, "--data", "tiny.shards", "--output", output] + options
    }

    /// The physical cores in reach, counted by another program.
    private func physicalCores() throws -> Int {
        let script = """
            import os
            path = "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list"
            print(len({open(path % core).read() for core in os.sched_getaffinity(0)}))
            """
        return try #require(Int(Command.run("python3", ["-c", script]).stdout.split(separator: "\n")[0]))
    }

    @Test func aRunHasAThreadForEachPhysicalCore() throws {
        let (automatic, told) = (example.freshOutput(), example.freshOutput())
        _ = try train(automatic, ["--steps", "3"])
        let log = try example.text(of: "log.txt", automatic)
        let found = try #require(log.firstMatch(of: /1 rank of (\d+) threads?, global batch 6/), "\(log)")
        let threads = try #require(Int(found.1)), cores = try physicalCores()
        let limited = log.contains("the container's quota")
        #expect(limited ? threads <= cores : threads == min(cores, 6), "\(log)")
        #expect(log.contains(" for each rank: "))
        _ = try train(told, ["--steps", "3", "--threads", "\(threads)"])
        #expect(try RunOutcome(example, automatic, step: 3) == RunOutcome(example, told, step: 3))
        #expect(try example.text(of: "config.yaml", automatic).contains("threads: \(threads)\n"))
    }

    @Test func aProcessThatMayUseOneCoreHasOneThread() throws {
        let output = example.freshOutput()
        _ = try train(output, ["--steps", "1"], prefix: ["taskset", "-c", "0"])
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("1 thread for each rank: 1 physical core"), "\(log)")
    }

    /// Wherever it goes on; another number would round differently.
    @Test func aRunGoesOnWithTheThreadsThatItBeganWith() throws {
        let (whole, parts) = (example.freshOutput(), example.freshOutput())
        _ = try train(whole, ["--steps", "4", "--threads", "3"])
        _ = try train(parts, ["--steps", "2", "--threads", "3"])
        _ = try train(parts, ["--steps", "4"], prefix: ["taskset", "-c", "0"])
        let log = try example.text(of: "log.txt", parts)
        #expect(log.contains("3 threads for each rank: as the run began"), "\(log)")
        #expect(!log.contains("threads 1 instead of"), "\(log)")
        #expect(try example.tensors(whole, step: 4) == example.tensors(parts, step: 4))
        _ = try train(parts, ["--steps", "5", "--threads", "2"])
        let changed = try example.text(of: "log.txt", parts)
        #expect(changed.contains("changed since: steps 5 instead of 4, threads 2 instead of 3"), "\(changed)")
    }

    /// Others than the one that it began with: their number rounds differently anyway.
    @Test func ranksThatGoOnLeaveEachOtherTheirCores() throws {
        let output = example.freshOutput()
        _ = try train(output, ["--steps", "2", "--threads", "3"])
        let further = try Mpirun.run(
            ranks: 2, "convlstm-dist", arguments(output, ["--steps", "4"]), directory: example.folder.path)
        #expect(further.status == 0, "\(further.stderr)")
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("1 thread for each rank: "), "\(log)")
    }

    /// With virtual ranks no bit depends on the threads, so that a run takes what the machine has.
    @Test func virtualRanksLeaveTheThreadsToTheMachine() throws {
        let output = example.freshOutput(), fixed = ["--virtual-ranks", "6"]
        _ = try train(output, fixed + ["--steps", "2", "--threads", "3"])
        _ = try train(output, fixed + ["--steps", "4"], prefix: ["taskset", "-c", "0"])
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("1 thread for each rank: 1 physical core"), "\(log)")
    }

    /// Ranks that no launcher binds to cores of their own would take them from one another.
    @Test func ranksThatShareTheirCoresHaveOneThreadEach() throws {
        let output = example.freshOutput()
        let result = try Mpirun.run(
            ranks: 2, "convlstm-dist", arguments(output, ["--steps", "1"]), directory: example.folder.path)
        #expect(result.status == 0, "\(result.stderr)")
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("2 ranks of 1 thread, ") && log.contains("1 thread for each rank: "), "\(log)")
    }

    @Test func theOptionTakesTheWordToo() throws {
        let output = example.freshOutput()
        let printed = try Command.run(
            "convlstm-dist", arguments(output, ["--threads", "automatic", "--print-config"]),
            directory: example.folder.path)
        #expect(printed.stdout.contains("threads: automatic\n"), "\(printed)")
        let refused = try Command.run(
            "convlstm-dist", arguments(output, ["--threads", "many"]), directory: example.folder.path)
        #expect(refused.status == 2)
        #expect(
            refused.stderr.contains("--threads is many; give a number from 1 to 1024, or automatic"), "\(refused)")
    }
}
