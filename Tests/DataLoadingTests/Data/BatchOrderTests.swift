import Distribution
import DataLoading
import Configuration
import Testing

/// Order and partition over the cross product of everything that they depend on, and of what they must not depend
/// on.
@Suite struct BatchOrderTests {
    /// A job as each of its ranks sees it, with fixed virtual ranks, or one per thread.
    struct Job: Sendable, CustomTestStringConvertible {
        var virtualRanks: Int?
        var ranks, threads: Int
        var testDescription: String {
            "\(ranks) ranks of \(threads) threads, \(virtualRanks.map { "\($0)" } ?? "own") virtual ranks"
        }

        var views: [VirtualRanks] {
            get throws {
                try (0..<ranks).map { try VirtualRanks(virtualRanks, threads: threads, rank: $0, ranks: ranks) }
            }
        }
    }

    static let jobs = [
        Job(virtualRanks: nil, ranks: 1, threads: 1), Job(virtualRanks: nil, ranks: 2, threads: 1),
        Job(virtualRanks: nil, ranks: 3, threads: 2),
        Job(virtualRanks: nil, ranks: 8, threads: 1), Job(virtualRanks: 8, ranks: 1, threads: 1),
        Job(virtualRanks: 8, ranks: 3, threads: 2),
        Job(virtualRanks: 7, ranks: 5, threads: 1), Job(virtualRanks: 8, ranks: 8, threads: 1),
    ]
    static let sequences = [1, 2, 7, 13, 24], batchSizes = [1, 3, 8, 24], seeds: [UInt64] = [0, 1, .max]

    /// The positions and batches of some epochs of a run, starting at a position.
    private func walk(
        _ order: BatchOrder, epochs: Int, from start: Position = Position()
    ) -> [(position: Position, batch: Batch<Int>)] {
        var order = order, position = start, steps: [(Position, Batch<Int>)] = []
        while position.epoch < epochs {
            steps.append((position, order.batch(at: position).map(\.value)))
            position = order.next(after: position)
        }
        return steps
    }

    /// The sequences of a job, step by step and by virtual rank, where each rank computes its own part by itself.
    private func learned(
        _ job: Job, epochs: Int, _ order: (VirtualRanks) -> BatchOrder
    ) throws -> [(position: Position, virtualRanks: [[Int]])] {
        let walks = try job.views.map { virtualRanks in (virtualRanks.own, walk(order(virtualRanks), epochs: epochs)) }
        #expect(Set(walks.map(\.1.count)).count == 1)
        return walks[0].1.indices.map { step in
            let virtualRanks = walks.flatMap { own, walk in
                let batch = walk[step].batch
                return own.map { Array(batch.sequences[batch.indices(of: $0)]) }
            }
            for (_, walk) in walks {
                #expect(walk[step].batch == walks[0].1[step].batch && walk[step].position == walks[0].1[step].position)
            }
            return (walks[0].1[step].position, virtualRanks)
        }
    }

    @Test(arguments: jobs, [SequenceOrder.shuffled, .sequential])
    func everySequenceComesOnceAnEpoch(job: Job, order: SequenceOrder) throws {
        for count in Self.sequences {
            for batchSize in Self.batchSizes where batchSize <= count {
                for seed in Self.seeds {
                    let steps = try learned(job, epochs: 3) {
                        BatchOrder(order, seed: seed, batchSize: batchSize, count: count, virtualRanks: $0)
                    }
                    #expect(steps.count == 3 * ((count + batchSize - 1) / batchSize))
                    for epoch in 0..<3 {
                        let used = steps.filter { $0.position.epoch == epoch }.flatMap { $0.virtualRanks.joined() }
                        #expect(used.sorted() == Array(0..<count), "\(count) in batches of \(batchSize)")
                    }
                }
            }
        }
    }

    /// A batch of all ranks is the same for any number of them, and so is the order of batches.
    @Test func neitherRanksNorVirtualRanksChangeABatch() throws {
        for count in Self.sequences {
            for batchSize in Self.batchSizes where batchSize <= count {
                let walks = try Self.jobs.map { job in
                    try learned(job, epochs: 2) {
                        BatchOrder(.shuffled, seed: 5, batchSize: batchSize, count: count, virtualRanks: $0)
                    }.map { ($0.position, $0.virtualRanks.flatMap { $0 }) }
                }
                for walk in walks {
                    #expect(walk.map(\.0) == walks[0].map(\.0) && walk.map(\.1) == walks[0].map(\.1))
                }
            }
        }
    }

    /// A run resumed at any position draws exactly the sequences that it would have drawn without stopping.
    @Test(arguments: [nil, [0..<4, 4..<13, 13..<14]]) func aRunGoesOnInTheMiddleOfAnEpoch(shares: [Range<Int>]?) throws
    {
        for order in SequenceOrder.allCases where shares == nil || order != .slidingWindow {
            for batchSize in [3, 5, 14] {
                let virtualRanks = try VirtualRanks(ranks: 3)
                let batches = BatchOrder(
                    order, seed: 2, batchSize: batchSize, count: 14, shares: shares, virtualRanks: virtualRanks)
                let whole = walk(batches, epochs: 3)
                for (step, (position, _)) in whole.enumerated() {
                    #expect(position.step == step)
                    let rest = walk(batches, epochs: 3, from: position)
                    #expect(rest.map(\.batch) == whole[step...].map(\.batch))
                    #expect(rest.map(\.position) == whole[step...].map(\.position))
                }
            }
        }
    }

    /// Shards of even and of very uneven sizes; the last sequences are held back.
    private static func shards(_ count: Int, even: Bool, number: Int) -> [Range<Int>] {
        let ends = (0...number).map { even ? count * $0 / number : min($0 * $0, count) }
        return zip(ends, ends.dropFirst()).map { $0..<$1 } + (ends.last! < count ? [ends.last!..<count] : [])
    }

    @Test(arguments: jobs.filter { $0.virtualRanks == nil }, [true, false])
    func ranksPassTheirOwnShardsOnceAnEpoch(job: Job, even: Bool) throws {
        for count in [16, 29, 80] {
            for number in [1, 2, 5, 8, 9] {
                let shards = Self.shards(count, even: even, number: number), training = 0..<count - 5
                guard
                    let deal = try? ShardDeal(
                        shards, training: training, validation: count - 5..<count - 2, ranks: job.ranks, name: "x")
                else {
                    #expect(shards.filter { $0.overlaps(training) }.count < job.ranks)
                    continue
                }
                for batchSize in [job.ranks, 8, 13] {
                    for seed in Self.seeds { try check(job, deal, training.count, batchSize: batchSize, seed: seed) }
                }
            }
        }
    }

    private func check(_ job: Job, _ deal: ShardDeal, _ count: Int, batchSize: Int, seed: UInt64) throws {
        func order(_ virtualRanks: VirtualRanks) -> BatchOrder {
            BatchOrder(
                .shuffled, seed: seed, batchSize: batchSize, count: count, shares: deal.training,
                virtualRanks: virtualRanks)
        }
        let steps = try learned(job, epochs: 2, order), views = try job.views, sizes = order(views[0]).bounds
        #expect(steps.count == 2 * order(views[0]).stepsPerEpoch)
        for epoch in 0..<2 {
            let used = steps.filter { $0.position.epoch == epoch }.flatMap { $0.virtualRanks.joined() }
            #expect(used.sorted() == Array(0..<count))
        }
        for (position, virtualRanks) in steps {
            for view in views {
                let own = virtualRanks[view.own].flatMap { $0 }, counts = virtualRanks[view.own].map(\.count)
                #expect(own.allSatisfy(deal.training[view.rank].contains))
                // Memory was allocated for this size.
                let known = ([sizes.usual] + sizes.others).map { bounds in view.own.map { bounds[$0 + 1] - bounds[$0] }
                }
                #expect(known.contains(counts), "\(counts) of \(known)")
                #expect(counts.max()! - counts.min()! <= 1 && position.used < count)
            }
        }
    }

    /// Rank 0 has nine sequences and contributes two per batch, rank 1 contributes four.
    @Test func aRankWithoutSequencesLeavesTheOthersToLearn() throws {
        var order = BatchOrder(
            .sequential, seed: 1, batchSize: 4, count: 13, shares: [0..<9, 9..<13],
            virtualRanks: try VirtualRanks(ranks: 2))
        #expect(order.stepsPerEpoch == 5 && order.stepsOfRanks == [5, 2])
        var position = Position(), batches: [[Int]] = [], used: [Int] = []
        for _ in 0..<6 {
            used.append(position.used)
            batches.append(order.batch(at: position).sequences.map(\.value))
            position = order.next(after: position)
        }
        #expect(batches == [[0, 1, 9, 10], [2, 3, 11, 12], [4, 5], [6, 7], [8], [0, 1, 9, 10]])
        #expect(used == [0, 4, 8, 10, 12, 0] && position == Position(step: 6, epoch: 1, used: 4))
    }

    @Test func ranksShuffleForThemselves() throws {
        func batch(_ seed: UInt64, epoch: Int) throws -> [Int] {
            var order = BatchOrder(
                .shuffled, seed: seed, batchSize: 40, count: 40, shares: [0..<20, 20..<40],
                virtualRanks: try VirtualRanks(ranks: 2))
            return order.batch(at: Position(epoch: epoch)).sequences.map(\.value)
        }
        let first = try batch(1, epoch: 0)
        #expect(try batch(1, epoch: 0) == first && first[..<20].map { $0 + 20 } != Array(first[20...]))
        #expect(try Set([first, batch(1, epoch: 1), batch(2, epoch: 0), Array(0..<40)]).count == 4)
    }
}

@Suite struct ShardDealTests {
    @Test(arguments: 1...9, [10, 26, 61]) func everySequenceOfASplitIsOneRanks(ranks: Int, count: Int) throws {
        for number in 1...12 {
            let ends = (0...number).map { count * $0 / number }, shards = zip(ends, ends.dropFirst()).map { $0..<$1 }
            let splits = [(0..<count - 4, count - 4..<count - 1), (0..<count, count..<count), (0..<3, 3..<count)]
            for (training, validation) in splits {
                let holders = shards.filter { $0.overlaps(training) }
                guard holders.count >= ranks else {
                    #expect(throws: TrainingError.self) {
                        try ShardDeal(shards, training: training, validation: validation, ranks: ranks, name: "x")
                    }
                    continue
                }
                let deal = try ShardDeal(shards, training: training, validation: validation, ranks: ranks, name: "x")
                #expect(
                    deal.training.flatMap(Array.init) == Array(training) && deal.training.allSatisfy { !$0.isEmpty })
                #expect(deal.validation.flatMap(Array.init) == Array(validation))
                let held = (0..<ranks).map { rank in holders.filter { $0.overlaps(deal.training[rank]) }.count }
                #expect(held.max()! - held.min()! <= 1 && held.reduce(0, +) == holders.count)
            }
        }
    }

    @Test func tooFewShardsAndUnevenOnesAreSaid() throws {
        let shards = [0..<10, 10..<20, 20..<30]
        let error = #expect(throws: TrainingError.self) {
            try ShardDeal(shards, training: 0..<15, validation: 15..<30, ranks: 3, name: "films.shards")
        }
        #expect(
            error?.description
                == "films.shards has training sequences in 2 shards, and with --sampling shard each of 3 ranks "
                + "needs one of its own; split it into more with convlstm-shard split --shards, or start fewer ranks")
        let deal = try ShardDeal(shards, training: 0..<15, validation: 15..<30, ranks: 2, name: "films.shards")
        #expect(deal.training == [0..<10, 10..<15] && deal.validation == [15..<20, 20..<30])
        #expect(
            deal.inWords(stepsOfRanks: [5, 3])
                == "sampling shard: each rank has 5 to 10 training sequences in shards of its own; "
                + "an epoch takes 5 steps, in the last 2 of which a rank has none left")
    }
}

@Suite struct ValidationBlocksTests {
    @Test(arguments: [0, 1, 2, 7, 13, 24], 1...6) func everySequenceIsInOneBlockOfOneThread(count: Int, ranks: Int) {
        let range = 5..<5 + count
        for size in [1, 2, 5, 30] {
            for threads in 1...3 {
                let cut = 5 + count / 3,
                    dealt = (0..<ranks).map { $0 == 0 ? 5..<cut : $0 == 1 ? cut..<5 + count : 9..<9 }
                let jobs = [
                    (0..<ranks).map { ValidationBlocks(range, of: size, rank: $0, ranks: ranks) },
                    ranks == 1 ? [] : (0..<ranks).map { ValidationBlocks(dealt: dealt, of: size, rank: $0) },
                ]
                for job in jobs where !job.isEmpty {
                    let owned = job.flatMap { blocks in
                        (0..<threads).flatMap { blocks.own(ofThread: $0, of: threads).map { blocks.all[$0] } }
                    }
                    #expect(owned == job[0].all && job.allSatisfy { $0.all == job[0].all && $0.count == count })
                    #expect(
                        owned.flatMap(Array.init) == Array(range) && owned.allSatisfy { (1...size).contains($0.count) })
                }
            }
        }
    }
}
