import Supervision
import Diagnostics
import Testing

private func rank(_ rank: Int = 0, host: String = "node1", change: (inout RankFacts) -> Void = { _ in }) -> RankFacts {
    var facts = RankFacts(
        rank: rank, host: host, cores: [0, 1, 2, 3], threads: 1, openBLAS: "OpenBLAS 0.3.21", kernels: "SkylakeX",
        gigaflops: 100, instructions: "AVX-512", availableMemory: 8 << 30, freeDisk: 50 << 30,
        freeSharedMemory: 1 << 30, folder: "/home/me", folderIsWritable: true)
    change(&facts)
    return facts
}

private let mpirun = LaunchFacts(library: "Open MPI v4.1.4", launcher: "mpirun", slots: 4)

private func finding(_ subject: String, _ ranks: [RankFacts], _ launch: LaunchFacts = mpirun) -> Finding? {
    Diagnosis(ranks, launch).findings.first { $0.subject == subject && $0.state != .ok }
}

@Suite struct DiagnosisTests {
    @Test func aGoodJobHasNothingToMend() {
        let diagnosis = Diagnosis([rank(0), rank(1), rank(2, host: "node2")], mpirun)
        #expect(diagnosis.findings.allSatisfy { $0.state == .ok && $0.remedy == nil })
        #expect(!diagnosis.isFailure)
        #expect(diagnosis.findings[0].text == "Open MPI v4.1.4; mpirun started 3 ranks on 2 hosts, 4 slots")
    }

    @Test func oversubscriptionIsNamedHostByHost() throws {
        let ranks = (0..<6).map { rank($0) } + [rank(6, host: "node2")]
        let crowded = try #require(finding("cores", ranks))
        #expect(crowded.text.contains("node1") && crowded.text.contains("6 ranks of 1 thread on 4 cores"))
        #expect(crowded.remedy == "mpirun -np 4 convlstm-dist train --threads 1")
        #expect(Diagnosis(ranks, mpirun).findings.filter { $0.subject == "cores" }.map(\.state) == [.warning, .ok])
    }

    @Test func threadsCountAsRanksDo() {
        let threaded = [rank(0) { $0.threads = 8 }]
        #expect(finding("cores", threaded)?.remedy == "convlstm-dist train --threads 4")
        #expect(finding("cores", [rank(0) { $0.threads = 2 }, rank(1) { $0.threads = 2 }]) == nil)
    }

    @Test func aRankBoundToFewerCoresThanItsThreadsIsNamed() {
        let ranks = [rank(0) { ($0.threads, $0.cores) = (2, [0, 1]) }, rank(1) { ($0.threads, $0.cores) = (2, [2]) }]
        let more = ranks + [rank(2) { ($0.threads, $0.cores) = (2, [3, 4, 5]) }]
        #expect(finding("cores", more)?.text.contains("rank 1 computes with 2 threads and is bound to 1 core") == true)
        #expect(finding("cores", more)?.remedy?.contains("--map-by slot:PE=2") == true)
    }

    @Test func aQuotaLimitsTheCores() {
        #expect(finding("cores", [rank(0) { $0.quota = 1.5 }, rank(1)])?.text.contains("quota leaves 1") == true)
        #expect(finding("cores", [rank(0) { $0.quota = 2 }, rank(1)]) == nil)
    }

    @Test func slowKernelsAndSlowRanksAreNamed() {
        let complaint = [rank(0) { $0.kernelComplaint = "It is slow." }]
        #expect(finding("OpenBLAS", complaint)?.remedy == "unset OPENBLAS_CORETYPE")
        let slow = [rank(0), rank(1, host: "node9") { $0.gigaflops = 20 }]
        #expect(finding("OpenBLAS", slow)?.text.contains("all wait for rank 1 on node9") == true)
        #expect(finding("build", [rank(0) { $0.betterBuild = "make" }])?.remedy == "make")
    }

    @Test func buildsForUnlikeProcessorsAreNamed() {
        let findings = Diagnosis([rank(0), rank(1) { $0.instructions = "AVX2" }], mpirun).findings
        #expect(findings.first { $0.subject == "build" }?.text == "compiled for AVX-512 and AVX2")
    }

    @Test func whatRunsShortIsAWarningOrAFailure() {
        #expect(finding("memory", [rank { $0.availableMemory = 1 << 20 }])?.state == .warning)
        #expect(finding("memory", [rank { $0.availableMemory = nil }])?.text.contains("not known") == true)
        #expect(finding("disk", [rank { $0.freeDisk = 1 << 20 }])?.state == .warning)
        #expect(finding("disk", [rank { $0.freeDisk = nil }])?.text.contains("not known") == true)
        #expect(finding("disk", [rank { $0.folderIsWritable = false }])?.state == .failure)
        #expect(finding("/dev/shm", [rank { $0.freeSharedMemory = nil }])?.state == .warning)
        let tight = { (facts: inout RankFacts) in facts.freeSharedMemory = 7 << 20 }
        #expect(finding("/dev/shm", [rank(0, change: tight)])?.state == .warning)
        #expect(finding("/dev/shm", [rank(0, change: tight), rank(1)])?.state == .failure)
        #expect(Diagnosis([rank(0, change: tight), rank(1)], mpirun).isFailure)
    }

    @Test func aProcessAloneLearnsWhatMpirunWouldNeed() {
        let root = LaunchFacts(library: "Open MPI v4.1.4", mpirun: "mpirun (Open MPI) 4.1.4", isRoot: true)
        #expect(finding("root", [rank()], root)?.remedy?.hasPrefix("export OMPI_ALLOW_RUN_AS_ROOT=1") == true)
        #expect(finding("MPI", [rank()], root) == nil)
        #expect(finding("MPI", [rank()], LaunchFacts(library: "Open MPI v4.1.4")) != nil)
        let other = LaunchFacts(library: "Open MPI v4.1.4", mpirun: "HYDRA build details:")
        #expect(finding("MPI", [rank()], other)?.text.contains("another MPI's") == true)
    }
}

@Suite struct SystemFilesTests {
    @Test func listsOfCores() {
        #expect(SystemFiles.list("0-3,8") == [0, 1, 2, 3, 8])
        #expect(SystemFiles.list("5") == [5])
        #expect(SystemFiles.list("") == [])
        #expect(SystemFiles.list("3-1") == [])
    }

    @Test func quotas() {
        #expect(SystemFiles.quota("150000 100000\n") == 1.5)
        #expect(SystemFiles.quota("max 100000") == nil)
        #expect(SystemFiles.quota("-1\n 100000\n") == nil)
        #expect(SystemFiles.quota("") == nil)
    }

    @Test func linesOfProc() {
        #expect(SystemFiles.value("Cpus_allowed_list", in: "Cpus_allowed:\t3\nCpus_allowed_list:\t0-1\n") == "0-1")
        #expect(SystemFiles.value("Nothing", in: "A: 1") == nil)
    }

    @Test func thisMachineIsFoundOut() throws {
        let facts = try RankFacts.measured(rank: 0, host: "here", threads: 1)
        #expect(!facts.cores.isEmpty && facts.availableMemory ?? 0 > 0 && facts.freeDisk ?? 0 > 0)
        #expect(facts.gigaflops > 0.1 && facts.openBLAS.hasPrefix("OpenBLAS"))
    }
}
