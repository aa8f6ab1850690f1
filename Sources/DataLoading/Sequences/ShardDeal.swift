// The distribution of shards over ranks where each rank reads only its own. The choice: of the shards of a split,
// every rank gets the same number (as far as possible) of consecutive ones, so that a person knows what to copy
// where. A shard at the border of splits may go to two ranks.

import Platform
import Distribution
import Configuration
import Reports

/// The sequences of each rank, as IDs in the source.
package struct ShardDeal: Sendable, Equatable {
    package let training, validation: [Range<Int>]

    /// - Parameters:
    ///   - shards: the sequences of each shard, in order.
    ///   - name: the name of the data, for the error.
    /// - Throws: a usage error if a rank would have no training sequences.
    package init(
        _ shards: [Range<Int>], training: Range<Int>, validation: Range<Int>, ranks: Int, name: String
    ) throws(TrainingError) {
        let holders = shards.filter { $0.overlaps(training) }.count
        guard holders >= ranks else {
            throw .usage(
                "\(name) has training sequences in \(counted(holders, "shard")), and with --sampling shard each of "
                    + "\(ranks) ranks needs one of its own; split it into more with convlstm-shard split --shards, or "
                    + "start fewer ranks")
        }
        self.training = Self.dealt(training, shards, ranks: ranks)
        self.validation = Self.dealt(validation, shards, ranks: ranks)
    }

    private static func dealt(_ split: Range<Int>, _ shards: [Range<Int>], ranks: Int) -> [Range<Int>] {
        let parts = shards.map { $0.clamped(to: split) }.filter { !$0.isEmpty }
        return (0..<ranks).map { rank in
            let own = parts[parts.indices.part(rank, of: ranks)]
            guard let first = own.first, let last = own.last else { return split.lowerBound..<split.lowerBound }
            return first.lowerBound..<last.upperBound
        }
    }

    /// Describes how evenly the sequences are distributed.
    package func inWords(stepsOfRanks: [Int]) -> String {
        let counts = training.map(\.count), steps = stepsOfRanks.max()!, idle = steps - stepsOfRanks.min()!
        let each = Set(counts).count == 1 ? "\(counts[0])" : "\(counts.min()!) to \(counts.max()!)"
        let rest = idle == 0 ? "" : ", in the last \(idle) of which a rank has none left"
        return "sampling shard: each rank has \(each) training sequences in shards of its own; an epoch takes "
            + counted(steps, "step") + rest
    }

    /// All sequences that a rank reads.
    package func sequences(ofRank rank: Int) -> [Range<Int>] { [training[rank], validation[rank]] }
}
