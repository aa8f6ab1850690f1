// A source of sequences: files on disk or a generator. The choice: random access by index, so that the training order
// is up to the trainer alone.

import Foundation

/// An indexed collection of sequences of one geometry, readable from any thread.
package protocol SequenceSource: Sendable {
    var geometry: SequenceGeometry { get }
    /// The number of sequences, indexed from 0 to `count - 1`; a generator can make more of them.
    var count: Int { get }
    /// The bounds of the values, for scaling: 0...255 for bytes of which nothing says what they mean.
    var valueRange: ClosedRange<Float> { get }

    /// Whether NaN stands for a missing pixel; otherwise no value is NaN, and one that is would be damage.
    var mayMiss: Bool { get }

    /// The unit of the values, such as "dBZ"; nil if it is not known.
    var unit: String? { get }

    /// The seconds from a frame to the next; nil if not known.
    var timeStep: Double? { get }

    /// The time of a sequence's first frame; nil if it is not known.
    func firstTime(ofSequence sequence: Int) -> Date?

    /// The network inputs that replace these sequences, value by value and frame by frame; nil if the sequences
    /// themselves are the inputs.
    ///
    /// Keras' moving squares are read with noise and compared without. Both are scaled by the range of these sequences.
    var inputs: (any SequenceSource)? { get }

    /// A sequence's values in their unit, the same in every call; NaN is damage where no pixel may be missing.
    func load(sequence: Int) throws -> SequenceValues

    /// Fills `values`, of shape (frames, height, width, channels), with a sequence's values in their unit, the same in
    /// every call: NaN where a pixel is missing.
    func read(sequence: Int, into values: inout MutableSpan<Float>) throws
}

extension SequenceSource {
    package var inputs: (any SequenceSource)? { nil }
    package var mayMiss: Bool { false }
    package var unit: String? { nil }
    package var timeStep: Double? { nil }
    package func firstTime(ofSequence sequence: Int) -> Date? { nil }

    package func load(sequence: Int) throws -> SequenceValues { SequenceValues(try self.sequence(sequence)) }

    /// A sequence as a new array.
    package func sequence(_ index: Int) throws -> [Float] {
        var values = [Float](repeating: 0, count: geometry.elements), span = values.mutableSpan
        try read(sequence: index, into: &span)
        return values
    }

    /// Traps unless `values` has the size of a sequence.
    func check(_ values: borrowing MutableSpan<Float>) {
        precondition(values.count == geometry.elements, "\(values.count) values for \(geometry)")
    }
}

/// Two sources of corresponding sequences: the targets to forecast, and the network inputs.
package struct PairedSource: SequenceSource {
    private let truth: any SequenceSource
    package let inputs: (any SequenceSource)?

    /// Traps unless both sources have the same geometry and count.
    package init(truth: any SequenceSource, inputs: any SequenceSource) {
        precondition(truth.geometry == inputs.geometry && truth.count == inputs.count, "the sources are no pair")
        (self.truth, self.inputs) = (truth, inputs)
    }

    package var geometry: SequenceGeometry { truth.geometry }
    package var count: Int { truth.count }
    package var valueRange: ClosedRange<Float> { truth.valueRange }
    package var mayMiss: Bool { truth.mayMiss }
    package var unit: String? { truth.unit }
    package var timeStep: Double? { truth.timeStep }
    package func firstTime(ofSequence sequence: Int) -> Date? { truth.firstTime(ofSequence: sequence) }

    package func load(sequence: Int) throws -> SequenceValues { try truth.load(sequence: sequence) }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        try truth.read(sequence: sequence, into: &values)
    }
}
