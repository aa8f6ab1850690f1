// The micro-batch sizes of a rank's threads. The choice: they are known before the first sequence is read, because
// memory is allocated for them.

import Model
import Distribution
import DataLoading
import Configuration

/// The micro-batch sizes of a rank.
package struct RankShares: Equatable {
    /// The maximum micro-batch size over all virtual ranks of all ranks. A validation block has as many sequences.
    package let part: Int

    /// The sizes for each thread that has virtual ranks of its own.
    package let threads: [Sizes]

    package struct Sizes: Equatable {
        /// The micro-batch sizes of a regular batch. Each has memory of its own for the whole run.
        package var usual: Set<Int>

        /// The maximum other micro-batch size, for an epoch's last batch or the validation, which share memory; 0
        /// if there are no other sizes.
        package var largestOther: Int
    }

    package init(
        of configuration: TrainingConfiguration, data: DataSet, batches: BatchOrder, virtualRanks: VirtualRanks
    ) {
        let bounds = batches.bounds
        self.init(
            virtualRanks, usual: bounds.usual, others: bounds.others, parts: configuration.accumulate,
            isWhole: configuration.model.network.normalizesBatches
        ) { data.validationBlocks(of: $0, rank: virtualRanks.rank, ranks: virtualRanks.ranks) }
    }

    /// The sizes for batches that all have the same size.
    package init(_ virtualRanks: VirtualRanks, batch: Int, parts: Int = 1, isWhole: Bool = false) {
        self.init(virtualRanks, usual: virtualRanks.bounds(batch: batch), others: [], parts: parts, isWhole: isWhole) {
            _ in nil
        }
    }

    /// - Parameters:
    ///   - usual: the bounds of the virtual ranks' parts in a regular batch.
    ///   - others: the bounds of the parts in other batches.
    ///   - parts: the number of micro-batches per virtual rank.
    ///   - isWhole: whether no virtual rank is divided, because it normalizes over the batch.
    ///   - validation: the blocks of the validation for a given block size.
    private init(
        _ virtualRanks: VirtualRanks, usual: [Int], others: [[Int]], parts: Int, isWhole: Bool,
        validation: (Int) -> ValidationBlocks?
    ) {
        let largest = zip(usual, usual.dropFirst()).map { $1 - $0 }.max() ?? 0
        let part = max(1, (largest + parts - 1) / parts)
        let blocks = validation(part)
        self.part = part
        threads = virtualRanks.runs(oneEach: isWhole).enumerated().map { thread, run in
            func sizes(_ bounds: [Int]) -> Set<Int> {
                let counts = run.map { bounds[$0 + 1] - bounds[$0] }
                return Set(isWhole ? counts : counts.flatMap { Self.parts(of: $0, atMost: part) })
            }
            var all = Set(others.flatMap(sizes))
            if let blocks, thread < virtualRanks.threads {
                all.formUnion(blocks.own(ofThread: thread, of: virtualRanks.threads).map { blocks.all[$0].count })
            }
            return Sizes(usual: sizes(usual), largestOther: all.subtracting(sizes(usual)).max() ?? 0)
        }
    }

    /// The different micro-batch sizes of `count` sequences.
    private static func parts(of count: Int, atMost part: Int) -> Set<Int> {
        Set((count >= part ? [part] : []) + (count % part > 0 ? [count % part] : []))
    }
}
