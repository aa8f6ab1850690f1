import Supervision
import Testing

/// How many threads a rank starts where nobody says.
@Suite struct CoreShareTests {
    private func rank(
        _ logical: [Int], physical: Int? = nil, quota: Double? = nil, slurm: Int? = nil, host: String = "node1"
    ) -> CoreShare {
        CoreShare(host: host, logical: logical, physical: physical ?? logical.count, quota: quota, slurm: slurm)
    }

    private func threads(_ ranks: CoreShare..., work: Int = 1000) -> Int {
        ThreadChoice.automatic(for: ranks, atMost: (work, "a batch of \(work) sequences")).count
    }

    @Test func oneProcessTakesEveryPhysicalCore() {
        #expect(threads(rank([0, 1, 2, 3])) == 4)
        #expect(threads(rank([0, 1, 2, 3], physical: 2)) == 2)
        #expect(threads(rank([])) == 1)
    }

    @Test func quotasAndSlurmSetLimits() {
        #expect(threads(rank([0, 1, 2, 3], quota: 2.5)) == 2)
        #expect(threads(rank([0, 1, 2, 3], quota: 0.5)) == 1)
        #expect(threads(rank([0, 1, 2, 3], quota: 9)) == 4)
        #expect(threads(rank([0, 1, 2, 3], slurm: 3)) == 3)
        #expect(threads(rank([0, 1, 2, 3], slurm: 8)) == 4)
    }

    @Test func noMoreThanHaveSomethingToDo() {
        #expect(threads(rank([0, 1, 2, 3]), work: 3) == 3)
        #expect(threads(rank([0, 1, 2, 3]), work: 0) == 1)
        let few = ThreadChoice.automatic(for: [rank([0, 1, 2, 3])], atMost: (3, "a batch of 3 sequences"))
        #expect(few.reason == "a batch of 3 sequences, for 4 physical cores")
    }

    /// Ranks that are bound to cores of their own have a thread for each; ranks that share them one in all.
    @Test func ranksTakeTheCoresThatAreTheirsAlone() {
        #expect(threads(rank([0, 1]), rank([2, 3])) == 2)
        #expect(threads(rank([0, 1, 2]), rank([3])) == 1)
        #expect(threads(rank([0, 1, 2, 3]), rank([0, 1, 2, 3])) == 1)
        #expect(threads(rank([0, 1]), rank([1, 2])) == 1)
        #expect(threads(rank([0, 1, 2, 3]), rank([0, 1, 2, 3], host: "node2")) == 4)
        #expect(threads(rank([0, 1, 2, 3]), rank([0, 1], host: "node2")) == 2)
        #expect(threads(rank([0, 1], quota: 3), rank([2, 3], quota: 3)) == 1)
    }

    @Test func theReasonIsSaid() {
        func reason(_ ranks: CoreShare...) -> String { ThreadChoice.automatic(for: ranks).reason }
        #expect(reason(rank([0, 1, 2, 3], physical: 2)) == "2 physical cores (4 logical ones)")
        #expect(reason(rank([0])) == "1 physical core")
        #expect(reason(rank([0, 1, 2], quota: 2)) == "the container's quota, worth 2 cores for a rank")
        #expect(reason(rank([0, 1, 2], slurm: 2)) == "SLURM_CPUS_PER_TASK, which is 2")
        #expect(reason(rank([0, 1]), rank([0, 1])) == "ranks share their cores")
    }

    /// Hardware threads are siblings of one core; a core that the kernel says nothing about counts by itself.
    @Test func hardwareThreadsAreOneCore() {
        let siblings = [0: "0,4", 4: "0,4", 1: "1,5", 2: "2-3", 3: "2-3"]
        func cores(_ logical: [Int]) -> Int { SystemFiles.physicalCores(of: logical) { siblings[$0] ?? "" } }
        #expect(cores([0, 1, 2, 3, 4]) == 3)
        #expect(cores([0, 4]) == 1 && cores([4]) == 1)
        #expect(cores([7, 8]) == 2 && cores([]) == 0)
    }
}
