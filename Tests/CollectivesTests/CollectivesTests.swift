import Collectives
import Platform
import Testing

@Suite struct LauncherTests {
    @Test func aProcessStartedByHandHasNoLauncher() throws {
        #expect(try Launcher.detected(in: [:]) == nil)
        #expect(try Launcher.detected(in: ["PATH": "/usr/bin", "SLURM_NTASKS": "8", "SLURM_PROCID": "0"]) == nil)
        #expect(try Launcher.detected(in: ["SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]) == nil)
    }

    @Test(arguments: [
        (
            ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3"],
            Launcher(name: "mpirun", announcedRanks: 4, rank: 3)
        ),
        (
            ["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"],
            Launcher(name: "mpirun", announcedRanks: 1, rank: 0)
        ),
        (["SLURM_STEP_NUM_TASKS": "6", "PMIX_RANK": "5"], Launcher(name: "srun", announcedRanks: 6, rank: 5)),
        (["PMI_SIZE": "2", "PMI_RANK": "1"], Launcher(name: "mpiexec", announcedRanks: 2, rank: 1)),
        // mpirun inside a Slurm allocation: mpirun's variables take precedence.
        (
            ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2", "SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "2"],
            Launcher(name: "mpirun", announcedRanks: 4, rank: 2)
        ),
    ])
    func launchersAreKnownByTheirVariables(environment: [String: String], expected: Launcher) throws {
        #expect(try Launcher.detected(in: environment) == expected)
    }

    @Test func slurmTasksWithoutMPIAreAnError() {
        let error = #expect(throws: MPIError.launchedApart(launcher: "srun", tasks: 8)) {
            try Launcher.detected(in: ["SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "3"])
        }
        #expect(error?.description.contains("srun --mpi=pmix") == true)
    }

    @Test func ranksThatMPIDoesNotFindAreAnError() throws {
        let launcher = Launcher(name: "mpirun", announcedRanks: 8, rank: 0)
        try launcher.check(ranksFound: 8)
        let error = #expect(throws: MPIError.ranksMissing(launcher: "mpirun", announced: 8, found: 1)) {
            try launcher.check(ranksFound: 1)
        }
        #expect(error?.description.hasPrefix("mpirun started 8 processes, but MPI connects only 1 of them") == true)
    }
}

@Suite struct MessagesTests {
    @Test(arguments: [0, 1, 3, 4, 5, 8, 11], [1, 3, 4, 100])
    func messagesCoverEveryElementOnceInOrder(count: Int, limit: Int) {
        let ranges = (0..<count).chunks(of: limit)
        #expect(ranges.flatMap(Array.init) == Array(0..<count))
        #expect(ranges.allSatisfy { (1...limit).contains($0.count) })
        #expect(ranges.count == (count + limit - 1) / limit)
    }

    @Test func countsBeyondThirtyTwoBitsAreCut() {
        let ranges = (0..<5 << 30).chunks(of: 1 << 30)
        #expect(ranges.count == 5)
        #expect(ranges.last == (4 << 30)..<(5 << 30))
    }
}

@Suite struct SoloTests {
    @Test func aJobOfOneKeepsItsValues() throws {
        let solo = SoloCommunicator()
        #expect(solo.rank == 0 && solo.size == 1 && !solo.hostName.isEmpty)
        var floats: [Float] = [1, 2, 3]
        var span = floats.mutableSpan
        solo.allReduce(&span)
        solo.broadcast(&span, from: 0)
        #expect(floats == [1, 2, 3])
        #expect(try solo.allReduce(2.5) == 2.5)
        #expect(try solo.allReduceMax(-1) == -1)
        #expect(try solo.gather("note") == ["note"])
    }

    @Test func withoutALauncherTheBodyRunsAloneAndItsErrorComesBack() throws {
        struct Planned: Error {}
        #expect(try runOnEveryRank(environment: [:]) { $0.size } == 1)
        #expect(throws: Planned.self) { try runOnEveryRank(environment: [:]) { _ in throw Planned() } }
    }
}
