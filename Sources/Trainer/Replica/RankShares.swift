// How many sequences a rank's threads have at a time, known before the first of them is read, because memory is laid
// out for them.

import Model
import Distribution
import DataLoading
import Configuration

/// What the threads of a rank work through at once.
package struct RankShares: Equatable {
    /// The most sequences of one part, of all virtual ranks of all ranks. A block of the validation has as many.
    package let part: Int

    /// For each thread that has virtual ranks of its own.
    package let threads: [Sizes]

    package struct Sizes: Equatable {
        /// Sequences of the parts of the usual batch. Each size has memory of its own for the whole run.
        package var usual: Set<Int>

        /// The most sequences of a part of another size, of which there is one at a time: of an epoch's last batch or
        /// of the validation; 0 if all are usual.
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

    /// Of batches that are all alike.
    package init(_ virtualRanks: VirtualRanks, batch: Int, parts: Int = 1, isWhole: Bool = false) {
        self.init(virtualRanks, usual: virtualRanks.bounds(batch: batch), others: [], parts: parts, isWhole: isWhole) {
            _ in nil
        }
    }

    /// - Parameters:
    ///   - usual: where the virtual ranks' places begin and end in the usual batch.
    ///   - others: the same of others.
    ///   - parts: in which a virtual rank is worked through.
    ///   - isWhole: whether no virtual rank is divided, because it normalizes over the batch.
    ///   - validation: the blocks of the validation, of so many sequences.
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

    /// The different sizes of some sequences' parts.
    private static func parts(of count: Int, atMost part: Int) -> Set<Int> {
        Set((count >= part ? [part] : []) + (count % part > 0 ? [count % part] : []))
    }
}
