import Foundation
import TestSupport
import Testing

/// The output of each rank of the probe, as values by "rank name".
private func statements(_ result: CommandResult) -> [String: String] {
    let pairs = result.stdout.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") })
}

@Suite struct CollectivesProcessTests {
    @Test(arguments: [1, 2, 3, 5], ["operations", "small-messages"])
    func everyRankSeesWhatAllRanksGave(ranks: Int, task: String) throws {
        let result = try Mpirun.run(ranks: ranks, "collectives-probe", [task])
        #expect(result.status == 0 && result.stderr == "", "\(result.stderr)")
        let said = statements(result), last = ranks - 1
        let rankSum = ranks * (ranks + 1) / 2
        for rank in 0..<ranks {
            #expect(said["\(rank) size"] == "\(ranks)")
            #expect(said["\(rank) broadcast"] == "\((0..<10).map { Float(100 * last + $0) })")
            #expect(said["\(rank) sum"] == "\((0..<10).map { Float($0 * rankSum) })")
            #expect(said["\(rank) bits"] == said["0 bits"])
            #expect(said["\(rank) empty"] == "[]")
            let squares = (0...ranks).map { 10 * $0 * $0 / ranks / ranks }
            let givers = (0..<ranks).filter { $0 % 2 == 1 || $0 == last }, mine = squares[rank]..<squares[rank + 1]
            let slices = givers.flatMap { giver in mine.map { Float(100 * giver + $0) } }
            #expect(said["\(rank) exchange"] == "\(slices + [-1])")
            #expect(said["\(rank) complete"] == "\((0..<10).map(Float.init))")
            #expect(said["\(rank) sum-of-doubles"] == "\(Double(rankSum) - 0.5 * Double(ranks))")
            #expect(said["\(rank) maximum"] == "-0.0")
            #expect(said["\(rank) bytes"] == "from \(last)")
            for first in Set([1, (ranks + 1) / 2, ranks]) {
                let sum = Double(first * (first + 1) / 2)
                #expect(said["\(rank) first-\(first)"] == (rank < first ? "\(rank) of \(first): \(sum)" : "rested"))
            }
            let gathered = (0..<ranks).map { String(repeating: "\($0)", count: $0) }
            #expect(said["\(rank) gather"] == (rank == 0 ? "\(gathered)" : "[]"))
        }
    }

    /// A bfloat16 all-reduce gives the same bits on all ranks, also with more ranks than elements and for a large
    /// vector in pieces. It is exact if 8 significant bits suffice, and otherwise within twice their rounding.
    @Test(arguments: [2, 3]) func roundedSumsAreTheSameEverywhere(ranks: Int) throws {
        let result = try Mpirun.run(ranks: ranks, "collectives-probe", ["rounded-sum"])
        #expect(result.status == 0 && result.stderr == "", "\(result.stderr)")
        let said = statements(result)
        for count in [1, 2, 37, 5_000_011] {
            let bits = try (0..<ranks).map { try #require(said["\($0) bits-\(count)"]) }
            #expect(Set(bits).count == 1)
        }
        let rankSum = ranks * (ranks - 1) / 2
        for count in [1, 2, 37] {
            #expect(said["0 sum-\(count)"] == "\((0..<count).map { Float($0 * ranks - 7 * rankSum) })")
        }
        let text = try #require(said["\(ranks - 1) sum-5000011"]).dropFirst().dropLast()
        let sums = text.split(separator: ", ").map { Double($0)! }
        for (place, sum) in zip(5_000_011 - 40..<5_000_011, sums) {
            let exact = (0..<ranks).reduce(0) { $0 + 1 / Double(3 * (place % 1000) + $1 + 1) }
            #expect(abs(sum / exact - 1) < 2.0 / 256)
        }
    }

    /// Ranks that alone would choose im2col convolve as rank 0 does, which chose Winograd.
    @Test(arguments: [1, 2, 3]) func allRanksConvolveAsRankZeroPlans(ranks: Int) throws {
        let result = try Mpirun.run(ranks: ranks, "collectives-probe", ["plan"])
        #expect(result.status == 0 && result.stderr == "", "\(result.stderr)")
        let said = statements(result)
        for rank in 0..<ranks {
            #expect(said["\(rank) algorithms"] == "winograd winograd")
            #expect(said["\(rank) forecast"] != nil && said["\(rank) forecast"] == said["0 forecast"])
        }
    }

    @Test func oneProcessAloneSaysTheSameAsOneRank() throws {
        let alone = try Command.run("collectives-probe", ["operations"])
        #expect(alone.status == 0)
        #expect(alone.stdout == (try Mpirun.run(ranks: 1, "collectives-probe", ["operations"])).stdout)
    }

    @Test(arguments: [1, 2, 3]) func aRankThatThrowsEndsTheWholeJob(ranks: Int) throws {
        let result = try Mpirun.run(ranks: ranks, "collectives-probe", ["fail-last"], timeout: 30)
        #expect(result.status == (ranks == 1 ? 1 : 7))
        #expect(result.stderr.contains("the probe was asked to fail here."))
        if ranks > 1 { #expect(result.stderr.contains("Error: rank \(ranks - 1) of \(ranks) on ")) }
    }

    @Test func anErrorOfAllRanksIsPrintedOnce() throws {
        let result = try Mpirun.run(ranks: 3, "collectives-probe", ["fail-all"], timeout: 30)
        #expect(result.status == 7)
        #expect(
            result.stderr.components(separatedBy: "the probe was asked to fail here.").count == 2, "\(result.stderr)")
    }

    @Test func anErrorOfMPIComesWithItsExplanation() throws {
        let result = try Mpirun.run(ranks: 2, "collectives-probe", ["bad-root"], timeout: 30)
        #expect(result.status == 1)
        #expect(result.stderr.contains("MPI_Bcast failed: MPI_ERR_ROOT"))
    }

    @Test func copiesThatMPIDoesNotConnectAreRefused() throws {
        let result = try Command.run(
            "collectives-probe", ["operations"],
            environment: ["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "0"])
        #expect(result.status == 1 && result.stdout == "")
        #expect(result.stderr.hasPrefix("Error: mpirun started 4 processes, but MPI connects only 1 of them"))
    }
}
