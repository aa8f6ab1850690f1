import Model
import Distribution
import DataLoading
import Configuration
import Testing
import Trainer

@Suite struct RankSharesTests {
    /// The micro-batch sizes of a thread in an epoch, computed batch by batch.
    private func sizes(
        _ configuration: TrainingConfiguration, _ data: DataSet, _ run: Range<Int>, _ virtualRanks: VirtualRanks,
        part: Int
    ) -> Set<Int> {
        var batches = BatchOrder(of: configuration, data, virtualRanks), position = Position(), sizes: Set<Int> = []
        while position.epoch == 0 {
            let batch = batches.batch(at: position)
            for places in run.map(batch.indices) {
                sizes.formUnion(
                    configuration.model.network.normalizesBatches ? [places.count] : parts(of: places.count, part))
            }
            position = batches.next(after: position)
        }
        return sizes
    }

    /// The sizes of the validation blocks of a thread, block by block.
    private func blocks(_ data: DataSet, _ virtualRanks: VirtualRanks, thread: Int, part: Int) -> Set<Int> {
        guard thread < virtualRanks.threads else { return [] }
        let blocks = data.validationBlocks(of: part, rank: virtualRanks.rank, ranks: virtualRanks.ranks)
        return Set(blocks.own(ofThread: thread, of: virtualRanks.threads).map { blocks.all[$0].count })
    }

    private func parts(of count: Int, _ part: Int) -> [Int] {
        stride(from: 0, to: count, by: part).map { min(part, count - $0) }
    }

    @Test(arguments: [Presets.small, Presets.kerasStack], SequenceOrder.allCases)
    func theSizesAreThoseThatOccur(preset: SystemDescription, order: SequenceOrder) throws {
        var configuration = TrainingConfiguration(model: preset)
        configuration.model.sequences.order = order
        for (training, validation) in [(15, 3), (23, 0), (24, 10)] {
            configuration.model.sequences.generator.training = training
            configuration.model.sequences.generator.validation = validation
            let data = try DataSet(of: configuration)
            for (batchSize, accumulate) in [(1, 1), (8, 1), (8, 3), (10, 1), (11, 2)] {
                guard accumulate == 1 || !preset.network.normalizesBatches else { continue }
                (configuration.model.batchSize, configuration.accumulate) = (batchSize, accumulate)
                for (count, ranks, threads) in jobs {
                    for rank in 0..<ranks {
                        try check(configuration, data, VirtualRanks(count, threads: threads, rank: rank, ranks: ranks))
                    }
                }
            }
        }
    }

    private let jobs: [(Int?, Int, Int)] = [(nil, 1, 1), (nil, 3, 2), (nil, 5, 1), (4, 1, 1), (8, 2, 3), (7, 3, 1)]

    private func check(_ configuration: TrainingConfiguration, _ data: DataSet, _ virtualRanks: VirtualRanks) {
        let model = configuration.model
        let shares = RankShares(
            of: configuration, data: data, batches: BatchOrder(of: configuration, data, virtualRanks),
            virtualRanks: virtualRanks)
        let largest = (model.batchSize + virtualRanks.count - 1) / virtualRanks.count
        #expect(shares.part == max(1, (largest + configuration.accumulate - 1) / configuration.accumulate))
        let runs = virtualRanks.runs(oneEach: model.network.normalizesBatches)
        #expect(shares.threads.count == runs.count)
        for (thread, run) in runs.enumerated() {
            let found = shares.threads[thread],
                trained = sizes(configuration, data, run, virtualRanks, part: shares.part)
            let all = trained.union(blocks(data, virtualRanks, thread: thread, part: shares.part))
            #expect(found.usual.isSubset(of: trained))
            #expect(found.largestOther == all.subtracting(found.usual).max() ?? 0)
            let usual = run.flatMap { virtualRank in
                let places = Batch(Array(0..<model.batchSize), of: virtualRanks).indices(of: virtualRank).count
                return model.network.normalizesBatches ? [places] : parts(of: places, shares.part)
            }
            #expect(found.usual == Set(usual))
        }
    }

    @Test func aVirtualRankIsDividedEvenlyIntoAtMostSoManyParts() throws {
        func part(_ virtualRank: Int, _ parts: Int) throws -> Int {
            RankShares(try VirtualRanks(), batch: virtualRank, parts: parts).part
        }
        #expect(try part(8, 1) == 8)
        #expect(try [0, 1, 2, 3, 8, 9, 10].map { try part($0, 3) } == [1, 1, 1, 1, 3, 3, 4])
    }
}
