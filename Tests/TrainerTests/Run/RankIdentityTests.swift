import Supervision
import Testing
import Trainer

private func rank(_ rank: Int, change: (inout RankIdentity) -> Void = { _ in }) -> RankIdentity {
    var identity = RankIdentity(
        host: "node\(rank / 2 + 1)", sources: "a1", instructions: "AVX-512", options: ["train", "--steps", "3"],
        data: "d1",
        kernels: "SkylakeX",
        cores: CoreUse(rank: rank, cores: [0, 1, 2, 3], quota: nil, threads: 1))
    change(&identity)
    return identity
}

@Suite struct RankIdentityTests {
    @Test func oneJobIsNotComplainedAbout() {
        let ranks = (0..<4).map { rank($0) }
        #expect(RankIdentity.complaint(about: ranks) == nil && RankIdentity.warnings(about: ranks).isEmpty)
    }

    @Test func theOddOnesAreNamed() {
        let builds = (0..<4).map { number in rank(number) { if number == 0 { $0.sources = "b2" } } }
        #expect(
            RankIdentity.complaint(about: builds)?
                .hasPrefix("rank 0 on node1 has a program of other sources than rank 1 on node1; ") == true)
        let options = (0..<4).map { number in rank(number) { if number > 1 { $0.options = ["train"] } } }
        #expect(
            RankIdentity.complaint(about: options)?
                .hasPrefix("rank 2 on node2, rank 3 on node2 have other options than rank 0 on node1; ") == true)
        let data = (0..<4).map { number in rank(number) { if number == 3 { $0.data = "" } } }
        #expect(RankIdentity.complaint(about: data)?.hasPrefix("rank 3 on node2 has other data") == true)
        let many = (0..<12).map { number in rank(number) { if number > 6 { $0.data = "" } } }
        #expect(
            RankIdentity.complaint(about: many)?.contains("rank 10 on node6, and 1 more rank have other data") == true)
    }

    @Test func buildsForUnlikeProcessorsMakeOneJobAndAreCounted() {
        let ranks = (0..<5).map { number in rank(number) { if number > 2 { $0.instructions = "AVX2" } } }
        #expect(RankIdentity.complaint(about: ranks) == nil && RankIdentity.warnings(about: ranks).isEmpty)
        #expect(
            RankIdentity.builds(of: ranks)
                == "builds of the same sources: 3 ranks for AVX-512 on node1, node2; 2 ranks for AVX2 on node2, node3")
        let many = (0..<16).map { number in rank(number) { if number == 3 { $0.instructions = "AVX2" } } }
        #expect(
            RankIdentity.builds(of: many)?.hasSuffix(
                "15 ranks for AVX-512 on node1, node2, node3, node4, and 4 more hosts; 1 rank for AVX2 on node2")
                == true
        )
        #expect(RankIdentity.builds(of: (0..<4).map { rank($0) }) == nil)
    }

    @Test func unlikeProcessorsAndCrowdedHostsAreTold() {
        let unlike = (0..<4).map { number in rank(number) { if number > 1 { $0.kernels = "Haswell" } } }
        #expect(
            RankIdentity.warnings(about: unlike).map { $0.contains("Haswell on node2, SkylakeX on node1") } == [true])
        let crowded = (0..<4).map { number in rank(number) { if number > 1 { $0.cores.threads = 3 } } }
        #expect(
            RankIdentity.warnings(about: crowded).map {
                $0.hasPrefix(
                    "warning: node2: oversubscribed, 2 ranks of 3 threads on 4 cores: they take turns; mpirun ")
            } == [true])
    }
}
