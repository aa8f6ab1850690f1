// Two ways to identify a sequence. The choice: a type for each, so that a position in a split is never mistaken
// for the ID of a sequence.

/// The position of a sequence in the training split, counted from 0.
package struct SplitIndex: Sendable, Hashable {
    package let value: Int

    package init(_ value: Int) { self.value = value }
}

/// The index of a sequence in its source, by which it is read.
package struct SequenceID: Sendable, Hashable, CustomStringConvertible {
    package let number: Int

    /// The epoch for which it is drawn, which decides how it is cropped and turned; nil outside of training.
    package let epoch: Int?

    package init(_ number: Int) { (self.number, epoch) = (number, nil) }

    package init(_ number: Int, epoch: Int) { (self.number, self.epoch) = (number, epoch) }

    package var description: String { "\(number)" }
}
