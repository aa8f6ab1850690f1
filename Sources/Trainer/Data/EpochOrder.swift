// In which order the training sequences come. The choice: a permutation of all of them for each epoch, a pure function
// of (seed, epoch), which neither ranks nor batch size can change.

import Randomness

/// The order of one epoch: each sequence once.
package struct EpochOrder: Sendable, Equatable {
    package let epoch: Int

    /// Places in the training split, in the order of use.
    package let sequences: [Int]

    package init(seed: UInt64, epoch: Int, count: Int) {
        self.epoch = epoch
        var stream = RandomStream(seed, Self.purpose, UInt64(epoch))
        sequences = stream.permutation(of: count)
    }

    /// The global batch at a position: `size` sequences, or what the epoch has left.
    package func batch(at position: Int, size: Int) -> ArraySlice<Int> {
        sequences[position..<min(position + size, sequences.count)]
    }

    /// Updates that an epoch takes.
    package static func steps(count: Int, batchSize: Int) -> Int {
        (count + batchSize - 1) / batchSize
    }

    /// Keeps these streams apart from others of the same seed: the letters of "order".
    private static let purpose: UInt64 = 0x6F72_6465_72
}
