import Testing
import Trainer

@Suite struct OrderTests {
    @Test(arguments: [1, 7, 20], [1, 3, 6, 20]) func everySequenceComesOnceAnEpoch(count: Int, batchSize: Int) {
        for ranks in 1...5 {
            let order = EpochOrder(seed: 5, epoch: 2, count: count)
            var seen: [Int] = [], steps = 0
            for position in stride(from: 0, to: count, by: batchSize) {
                let batch = order.batch(at: position, size: batchSize)
                let parts = (0..<ranks).map { Share.of(batch, rank: $0, ranks: ranks) }
                #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1)
                #expect(parts.flatMap { $0 } == Array(batch))
                seen += batch
                steps += 1
            }
            #expect(seen.sorted() == Array(0..<count))
            #expect(steps == EpochOrder.steps(count: count, batchSize: batchSize))
        }
    }

    @Test func theOrderDependsOnSeedAndEpochAlone() {
        func order(_ seed: UInt64, _ epoch: Int) -> [Int] { EpochOrder(seed: seed, epoch: epoch, count: 50).sequences }
        #expect(order(1, 0) == order(1, 0))
        #expect(Set([order(1, 0), order(1, 1), order(2, 0), order(2, 1), Array(0..<50)]).count == 5)
    }

    @Test func sharesOfNothingAndOfLittle() {
        #expect((0..<4).map { Share.range(of: 0, rank: $0, ranks: 4).count } == [0, 0, 0, 0])
        #expect((0..<4).map { Share.range(of: 2, rank: $0, ranks: 4).count }.reduce(0, +) == 2)
    }
}
