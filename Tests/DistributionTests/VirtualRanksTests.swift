import Distribution
import Configuration
import Testing

@Suite struct VirtualRanksTests {
    /// The virtual ranks as each rank of a job sees them.
    private func job(_ count: Int?, ranks: Int, threads: Int) throws -> [VirtualRanks] {
        try (0..<ranks).map { try VirtualRanks(count, threads: threads, rank: $0, ranks: ranks) }
    }

    /// Every virtual rank has one thread of one rank, in order, for any division; every index of a batch has one
    /// virtual rank.
    @Test(arguments: 1...12, 1...5) func everyVirtualRankAndEveryPlaceHasOneOwner(count: Int, ranks: Int) throws {
        for threads in 1...4 { try check(count, ranks: ranks, threads: threads) }
    }

    private func check(_ count: Int, ranks: Int, threads: Int) throws {
        guard count >= ranks * threads else {
            #expect(throws: TrainingError.self) { try VirtualRanks(count, threads: threads, ranks: ranks) }
            return
        }
        let job = try job(count, ranks: ranks, threads: threads)
        for oneEach in [false, true] {
            let runs = job.flatMap { $0.runs(oneEach: oneEach) }
            #expect(runs.flatMap(Array.init) == Array(0..<count))
            #expect(runs.allSatisfy { !$0.isEmpty } && runs.count == (oneEach ? count : ranks * threads))
        }
        for batch in [0, 1, 2, 7, 8, 13, 24] {
            let sequences = Array(100..<100 + batch), whole = Batch(sequences, of: job[0])
            let places = (0..<count).map(whole.indices)
            #expect(places.flatMap(Array.init) == Array(0..<batch))
            #expect(places.map(\.count).max()! - places.map(\.count).min()! <= 1)
            #expect(job.allSatisfy { Batch(sequences, of: $0) == whole })
            // Ranks that contribute different numbers of sequences, including none.
            let parts = (0..<ranks).map { (batch + $0) % 5 }, bounds = job[0].bounds(parts: parts)
            #expect(bounds.count == count + 1 && bounds == bounds.sorted() && bounds[0] == 0)
            for virtualRanks in job {
                let own = virtualRanks.own, counts = own.map { bounds[$0 + 1] - bounds[$0] }
                #expect(bounds[own.upperBound] - bounds[own.lowerBound] == parts[virtualRanks.rank])
                #expect(counts.max()! - counts.min()! <= 1)
            }
        }
    }

    @Test func withoutANumberThereIsALaneForEachThread() throws {
        let job = try job(nil, ranks: 3, threads: 2)
        #expect(job.map(\.own) == [0..<2, 2..<4, 4..<6] && job.allSatisfy { !$0.areFixed && $0.count == 6 })
        #expect(job.map(\.tree) == Array(repeating: SumTree(leaves: 2), count: 3))
        #expect(job[2].leaves(of: 4..<6) == 0..<2)
        let fixed = try VirtualRanks(7, threads: 2, rank: 1, ranks: 2)
        #expect(fixed.areFixed && fixed.own == 3..<7 && fixed.tree == SumTree(leaves: 7) && fixed.leaf(of: 5) == 5)
    }

    @Test func threadsWithoutALaneAreAMistake() throws {
        let error = #expect(throws: TrainingError.self) { try VirtualRanks(4, threads: 2, rank: 0, ranks: 3) }
        let sentence =
            "4 virtual ranks cannot occupy 3 ranks of 2 threads, each of which needs one; raise --virtual-ranks, or start "
            + "fewer ranks or threads"
        #expect(error?.description == sentence)
    }
}
