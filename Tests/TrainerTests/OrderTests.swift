import Model
import Testing
import Trainer

@Suite struct OrderTests {
    @Test(arguments: [1, 7, 20], [1, 3, 6, 20]) func everySequenceComesOnceAnEpoch(count: Int, batchSize: Int) throws {
        for number in 1...5 {
            let order = EpochOrder(.shuffled, seed: 5, epoch: 2, count: count), lanes = try Lanes(number)
            var seen: [Int] = [], steps = 0
            for position in stride(from: 0, to: count, by: batchSize) {
                let batch = Array(order.batch(at: position, size: batchSize))
                let parts = (0..<number).map { batch[lanes.places(of: $0, batch: batch.count)] }
                #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1)
                #expect(parts.flatMap { $0 } == batch)
                seen += batch
                steps += 1
            }
            #expect(seen.sorted() == Array(0..<count))
            #expect(steps == SequenceOrder.shuffled.steps(count: count, batchSize: batchSize))
            #expect(steps == SequenceOrder.sequential.steps(count: count, batchSize: batchSize))
        }
    }

    @Test func theOrderDependsOnSeedAndEpochAlone() {
        func order(_ seed: UInt64, _ epoch: Int, _ order: SequenceOrder = .shuffled) -> [Int] {
            EpochOrder(order, seed: seed, epoch: epoch, count: 50).sequences
        }
        #expect(order(1, 0) == order(1, 0))
        #expect(Set([order(1, 0), order(1, 1), order(2, 0), order(2, 1), Array(0..<50)]).count == 5)
        #expect(order(1, 3, .sequential) == Array(0..<50))
    }

    /// The walk of a run through its epochs, by the rules that the loop uses.
    private func walk(_ order: SequenceOrder, count: Int, batchSize: Int, steps: Int) -> [[Int]] {
        var batches: [[Int]] = [], used = 0, epoch = 0
        for _ in 0..<steps {
            batches.append(Array(EpochOrder(order, seed: 1, epoch: epoch, count: count).batch(at: used, size: batchSize)))
            used += order.stride(batchSize: batchSize)
            if used >= order.end(count: count, batchSize: batchSize) { (epoch, used) = (epoch + 1, 0) }
        }
        return batches
    }

    @Test func aWindowSlidesByOneAndStartsAnewAtTheEnd() {
        let windows = [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        #expect(walk(.slidingWindow, count: 5, batchSize: 3, steps: 7) == windows + windows + [[0, 1, 2]])
        #expect(SequenceOrder.slidingWindow.steps(count: 5, batchSize: 3) == 3)
        #expect(walk(.slidingWindow, count: 3, batchSize: 3, steps: 2) == [[0, 1, 2], [0, 1, 2]])
        #expect(walk(.sequential, count: 5, batchSize: 3, steps: 3) == [[0, 1, 2], [3, 4], [0, 1, 2]])
    }

    @Test func sharesOfNothingAndOfLittle() {
        #expect((0..<4).map { Share.range(of: 0, part: $0, parts: 4).count } == [0, 0, 0, 0])
        #expect((0..<4).map { Share.range(of: 2, part: $0, parts: 4).count }.reduce(0, +) == 2)
    }
}
