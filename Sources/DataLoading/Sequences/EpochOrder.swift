// The order of the training sequences within an epoch. The choice: a function of (order, seed, epoch, position),
// independent of the ranks and the batch size, so that a resumed run continues exactly where it stopped. A rank
// that draws from its own shards has an order of its own.

import Configuration
import Randomness

/// The order of one epoch.
package struct EpochOrder: Sendable, Equatable {
    package let epoch: Int

    /// Indices in the training split, in the order of use.
    package let sequences: [Int]

    /// - Parameter rank: the rank whose own sequences are ordered; nil for the sequences of all ranks.
    package init(_ order: SequenceOrder, seed: UInt64, epoch: Int, count: Int, rank: Int? = nil) {
        self.epoch = epoch
        switch order {
        case .shuffled:
            var stream =
                rank.map { RandomStream(seed, Self.purpose, UInt64(epoch), UInt64($0)) }
                ?? RandomStream(seed, Self.purpose, UInt64(epoch))
            sequences = stream.permutation(of: count)
        case .sequential, .slidingWindow:
            sequences = Array(0..<count)
        }
    }

    /// The batch at a position: `size` sequences, or as many as the epoch has left.
    package func batch(at position: Int, size: Int) -> ArraySlice<Int> {
        sequences[min(position, sequences.count)..<min(position + size, sequences.count)]
    }

    /// Separates these random streams from others of the same seed: the letters of "order".
    private static let purpose: UInt64 = 0x6F72_6465_72
}

extension SequenceOrder {
    /// The number of sequences by which the position moves from one batch to the next.
    package func stride(batchSize: Int) -> Int { self == .slidingWindow ? 1 : batchSize }

    /// The position at which an epoch of `count` sequences ends. A sliding window stops at the last whole batch.
    package func end(count: Int, batchSize: Int) -> Int { self == .slidingWindow ? count - batchSize + 1 : count }

    /// The number of updates per epoch.
    package func steps(count: Int, batchSize: Int) -> Int {
        let stride = stride(batchSize: batchSize)
        return (end(count: count, batchSize: batchSize) + stride - 1) / stride
    }
}
