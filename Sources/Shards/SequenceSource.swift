// Where sequences come from, whatever that is: files on disk or a generator. The choice: random access by number, so
// that the order of training is the trainer's alone.

/// A numbered collection of sequences of one geometry, which any thread may read.
package protocol SequenceSource: Sendable {
    var geometry: SequenceGeometry { get }
    /// Sequences are numbered from 0 to `count - 1`.
    var count: Int { get }
    /// The bounds of the raw values, for scaling: 0...255 for bytes.
    var valueRange: ClosedRange<Float> { get }

    /// Fills `values`, (frames, height, width, channels), with a sequence's raw values; the same ones every time.
    func read(sequence: Int, into values: inout MutableSpan<Float>) throws
}

extension SequenceSource {
    /// A sequence as a new array.
    package func sequence(_ index: Int) throws -> [Float] {
        var values = [Float](repeating: 0, count: geometry.elements), span = values.mutableSpan
        try read(sequence: index, into: &span)
        return values
    }

    /// Traps unless there is such a sequence and `values` is of its size.
    func check(sequence: Int, _ values: borrowing MutableSpan<Float>) {
        precondition((0..<count).contains(sequence), "no sequence \(sequence) of \(count)")
        precondition(values.count == geometry.elements, "\(values.count) values for \(geometry)")
    }
}
