// Launch/slurm.sbatch under a real Slurm: two nodes, each with a network of its own, for as long as a test runs.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast, .onSlurm) struct SlurmJobTests {
    private let example = try! TrainingExample.shared.get()
    private let output: String
    private let configuration: String

    init() throws {
        output = example.freshOutput()
        configuration = try example.configuration(replacing: "threads: 1", with: "steps: 50000000")
    }

    /// Submits the file as it stands for two nodes with a rank each, and runs a shell script with `$job` beside it.
    ///
    /// mpirun's times for hosts that fail are a second each. Job and log are shown at the end, when the job has ended.
    private func submit(
        _ options: String, checkpointEvery: Int = 50_000_000, then script: String
    ) throws -> CommandResult {
        let launch = example.folder.file(example.freshOutput())
        try FileManager.default.createDirectory(atPath: launch, withIntermediateDirectories: false)
        try Repository.text(of: "Launch/hosts.conf").replacing(/[0-9]+\n/, with: "1\n")
            .write(toFile: launch + "/hosts.conf", atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: launch + "/supervise", withDestinationPath: Repository.path + "Launch/supervise")
        let arguments = [
            "--config", configuration, "--data", "tiny.shards", "--output", output, "--virtual-ranks", "2",
            "--checkpoint-every", "\(checkpointEvery)", "--evaluate-every", "50000000",
        ]
        let line = """
            until_step() { until grep -qs "^$1," \(output)/metrics.csv; do sleep 0.05; done; }
            twenty_more() {
                sed -i "s/^steps: .*/steps: $(($(tail -n 1 \(output)/metrics.csv | cut -d , -f 1) + 20))/" \(configuration)
            }
            has() { scontrol --oneliner show job $job | grep -q " $1 "; }
            job=$(sbatch --parsable --nodes=2 --ntasks-per-node=1 --cpus-per-task=1 --output=\(output).log \
            \(options) \(Repository.path)Launch/slurm.sbatch \(arguments.joined(separator: " "))) || exit
            \(script)
            while squeue --noheader | grep -q .; do sleep 0.1; done
            scontrol --oneliner show job $job
            cat \(output).log
            """
        let environment = [
            "CONVLSTM_DIST": Command.path(of: "convlstm-dist"), "CONVLSTM_HOSTS": launch + "/hosts.conf",
            "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
        ]
        return try SlurmCluster.run(
            nodes: 2, ["bash", "-c", line], environment: environment.merging(Mpirun.rootIsWelcome) { $1 },
            directory: example.folder.path)
    }

    private func steps() throws -> [Int] {
        try example.column("step", of: "metrics.csv", output).compactMap { Int($0) }
    }

    /// Slurm's own signal comes, within half a minute after it is due.
    @Test func aSlotEndsWithACheckpointAndTheNextGoesOn() throws {
        let result = try submit(
            "--time=1 --signal=B:USR1@50", then: "until has Restarts=1; do sleep 0.1; done; twenty_more")
        let log = result.stdout
        let reached = try #require(log.firstMatch(of: /SIGUSR1: stopped after step ([0-9]+);/).flatMap { Int($0.1) })
        for sentence in [
            "2 ranks of 1 thread", "Exit code:    75", "Queued again to go on: job 1\n",
            "goes on after step \(reached) from \(output)/checkpoints/", "NumNodes=2 ", " Restarts=1 ",
            "JobState=COMPLETED ", " ExitCode=0:0 ",
        ] { #expect(log.contains(sentence), "\(sentence): \(result)") }
        #expect(try steps() == Array(1...(reached + 20)))
        for step in [reached, reached + 20] { #expect(try !example.tensors(output, step: step).isEmpty) }
    }

    @Test func aCancelledRunHasSavedAndIsNotQueuedAgain() throws {
        let result = try submit("--time=10", then: "until_step 20; scancel $job")
        for sentence in ["JobState=CANCELLED ", " Restarts=0 "] {
            #expect(result.stdout.contains(sentence), "\(result)")
        }
        let last = try #require(try steps().last)
        #expect(try last >= 20 && !example.tensors(output, step: last).isEmpty, "\(result)")
    }

    /// Slurm itself queues a job again one of whose nodes fails, and so does it go on once the node is back.
    @Test func aNodeThatFailsCostsAPlaceInTheQueue() throws {
        let result = try submit(
            "--time=10", checkpointEvery: 10,
            then: """
                until_step 20; ip -n node2 link set cable down
                until has Restarts=1; do sleep 0.1; done
                twenty_more; ip -n node2 link set cable up
                """)
        for sentence in [
            "DUE TO NODE FAILURE", "goes on after step ", "JobState=COMPLETED ", " Restarts=1 ", " ExitCode=0:0 ",
        ] { #expect(result.stdout.contains(sentence), "\(sentence): \(result)") }
        let last = try #require(try steps().last)
        #expect(try last >= 40 && steps() == Array(1...last), "\(result)")
    }

    /// Whatever ends the test, the daemons end with it.
    @Test func nothingOutlivesTheCluster() throws {
        let line = """
            \(SlurmCluster.script) 1 bash -c 'readlink /proc/self/ns/pid > space; pgrep slurmd > daemons; sleep 600' &
            until [ -s daemons ]; do sleep 0.01; done
            kill -KILL $!
            until ! ls -l /proc/[0-9]*/ns/pid 2> /dev/null | grep -qF "$(cat space)"; do sleep 0.01; done
            """
        #expect(try Command.run("bash", ["-c", line], timeout: 30).status == 0)
    }
}
