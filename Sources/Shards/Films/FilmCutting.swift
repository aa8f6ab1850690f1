// How films are cut into sequences, in frames of the source.

/// The length of sequences and the distances between them.
package struct FilmCutting: Equatable, Sendable {
    /// The number of frames of a sequence.
    package var frames: Int
    /// The number of frames of the source from the start of a sequence to the start of the next.
    package var stride: Int
    /// The number of frames of the source from a frame of a sequence to its next: 1 takes each frame.
    package var every: Int
    /// The largest number of frames missing in a row that become frames of missing pixels.
    package var mostFilled: Int

    /// - Parameter stride: nil for sequences that follow each other.
    package init(frames: Int, stride: Int? = nil, every: Int = 1, mostFilled: Int = 0) {
        (self.frames, self.every, self.mostFilled) = (frames, every, mostFilled)
        self.stride = stride ?? frames * every
    }

    /// The number of frames of the source from the first to the last of a sequence, both included.
    var span: Int { (frames - 1) * every + 1 }
}
