// Where sequences come from, whatever that is: files on disk or a generator. The choice: random access by number, so
// that the order of training is the trainer's alone.

/// A numbered collection of sequences of one geometry, which any thread may read.
package protocol SequenceSource: Sendable {
    var geometry: SequenceGeometry { get }
    /// Sequences are numbered from 0 to `count - 1`; a generator has more of them.
    var count: Int { get }
    /// The bounds of the raw values, for scaling: 0...255 for bytes.
    var valueRange: ClosedRange<Float> { get }

    /// What a network sees in place of these sequences, number by number and frame by frame; nil for the sequences
    /// themselves.
    ///
    /// Keras' squares are seen with noise and compared without. Both are scaled by the range of these sequences.
    var inputs: (any SequenceSource)? { get }

    /// Fills `values`, (frames, height, width, channels), with a sequence's raw values; the same ones every time.
    func read(sequence: Int, into values: inout MutableSpan<Float>) throws
}

extension SequenceSource {
    package var inputs: (any SequenceSource)? { nil }

    /// A sequence as a new array.
    package func sequence(_ index: Int) throws -> [Float] {
        var values = [Float](repeating: 0, count: geometry.elements), span = values.mutableSpan
        try read(sequence: index, into: &span)
        return values
    }

    /// Traps unless `values` is of the size of a sequence.
    func check(_ values: borrowing MutableSpan<Float>) {
        precondition(values.count == geometry.elements, "\(values.count) values for \(geometry)")
    }
}

/// Two sources whose sequences belong together: what is to be forecast, and what a network sees.
package struct PairedSource: SequenceSource {
    private let truth: any SequenceSource
    package let inputs: (any SequenceSource)?

    /// Traps unless both have the same geometry and count.
    package init(truth: any SequenceSource, inputs: any SequenceSource) {
        precondition(truth.geometry == inputs.geometry && truth.count == inputs.count, "the sources are no pair")
        (self.truth, self.inputs) = (truth, inputs)
    }

    package var geometry: SequenceGeometry { truth.geometry }
    package var count: Int { truth.count }
    package var valueRange: ClosedRange<Float> { truth.valueRange }

    package func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        try truth.read(sequence: sequence, into: &values)
    }
}
