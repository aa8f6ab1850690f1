import Configuration
import Testing
import Trainer

@Suite struct DivergenceTests {
    private let tensors = ["parameter a", "parameter b", "moment v of a"]
    private let hosts = ["node1", "node1", "node2", "node2"]

    @Test func theFewAreNamedWithWhatDiffers() {
        let most = ["1", "2", "3"]
        let divergence = Divergence(digests: [most, most, ["1", "2", "9"], most], hosts: hosts, tensors: tensors)
        #expect(divergence.ranks.map(\.rank) == [2] && divergence.ranks[0].tensors == ["moment v of a"])
        #expect(divergence.description.hasPrefix("rank 2 on node2 has another moment v of a than rank 0 on node1, "))
    }

    @Test func theFirstRankMayBeTheOddOne() {
        let divergence = Divergence(
            digests: [["9", "8", "3"], ["1", "2", "3"], ["1", "2", "3"]], hosts: hosts, tensors: tensors)
        #expect(
            divergence.description.hasPrefix("rank 0 on node1 has another parameter a and 1 more tensor than rank 1"))
    }

    @Test func ofTwoTheSecondIsNamed() {
        let divergence = Divergence(digests: [["1", "2", "3"], ["1", "9", "3"]], hosts: hosts, tensors: tensors)
        #expect(divergence.description.hasPrefix("rank 1 on node1 has another parameter b than rank 0 on node1, "))
    }
}

@Suite struct NonFiniteJudgeTests {
    @Test func abortEndsAtOnce() {
        var judge = NonFiniteJudge(.abort)
        #expect(judge.verdict(step: 1, after: LeftOut()) == .end)
    }

    @Test func skippingEndsAfterTenInARow() {
        var judge = NonFiniteJudge(.skip)
        #expect(judge.verdict(step: 10, after: LeftOut(total: 50, inARow: 9)) == .leaveOut)
        #expect(judge.verdict(step: 11, after: LeftOut(total: 51, inARow: 10)) == .end)
    }

    @Test func aStepIsGoneBackFromOnce() {
        var judge = NonFiniteJudge(.rollback)
        #expect(judge.verdict(step: 5, after: LeftOut()) == .goBack)
        #expect(judge.verdict(step: 5, after: LeftOut()) == .leaveOut)
        #expect(judge.verdict(step: 6, after: LeftOut(total: 1, inARow: 1)) == .goBack)
    }
}
