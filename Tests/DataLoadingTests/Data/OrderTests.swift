import Platform
import Distribution
import DataLoading
import Configuration
import Testing

@Suite struct OrderTests {
    @Test func theOrderDependsOnSeedAndEpochAlone() {
        func order(_ seed: UInt64, _ epoch: Int, _ order: SequenceOrder = .shuffled) -> [Int] {
            EpochOrder(order, seed: seed, epoch: epoch, count: 50).sequences
        }
        #expect(order(1, 0) == order(1, 0))
        #expect(Set([order(1, 0), order(1, 1), order(2, 0), order(2, 1), Array(0..<50)]).count == 5)
        #expect(order(1, 3, .sequential) == Array(0..<50))
    }

    /// The batches of a run, epoch after epoch.
    private func walk(_ order: SequenceOrder, count: Int, batchSize: Int, steps: Int) throws -> [[Int]] {
        var batches = BatchOrder(order, seed: 1, batchSize: batchSize, count: count, virtualRanks: try VirtualRanks())
        var position = Position()
        return (0..<steps).map { _ in
            defer { position = batches.next(after: position) }
            return batches.batch(at: position).sequences.map(\.value)
        }
    }

    @Test func aWindowSlidesByOneAndStartsAnewAtTheEnd() throws {
        let windows = [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
        #expect(try walk(.slidingWindow, count: 5, batchSize: 3, steps: 7) == windows + windows + [[0, 1, 2]])
        #expect(SequenceOrder.slidingWindow.steps(count: 5, batchSize: 3) == 3)
        #expect(try walk(.slidingWindow, count: 3, batchSize: 3, steps: 2) == [[0, 1, 2], [0, 1, 2]])
        #expect(try walk(.sequential, count: 5, batchSize: 3, steps: 3) == [[0, 1, 2], [3, 4], [0, 1, 2]])
    }

    @Test func sharesOfNothingAndOfLittle() {
        #expect((0..<4).map { (0..<0).part($0, of: 4).count } == [0, 0, 0, 0])
        #expect((0..<4).map { (0..<2).part($0, of: 4).count }.reduce(0, +) == 2)
    }
}
