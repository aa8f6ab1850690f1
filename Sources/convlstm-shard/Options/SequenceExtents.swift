// The extents of sequences as options. The choice: they are checked before memory is allocated for a sequence.

import ArgumentParser
import CommandSupport
import Shards

struct SequenceExtents: ParsableArguments {
    @Option(parsing: .unconditional, help: "Frames of a sequence.")
    var frames = 20

    @Option(parsing: .unconditional, help: "Height and width of a frame.")
    var size = 64

    func validate() throws { try Self.check(frames: frames, size: size) }

    /// Throws a usage error if there are too many frames, or if they are too large for a sequence.
    static func check(frames: Int, size: Int) throws {
        try OptionCheck.require(frames, in: 1...SequenceGeometry.mostFrames, "--frames")
        try OptionCheck.require(size, in: 8...SequenceGeometry.largestSide, "--size")
        guard frames * size * size <= SequenceGeometry.mostElements else {
            throw ValidationError(
                "--frames \(frames) of --size \(size) make sequences of more than \(SequenceGeometry.mostElements) "
                    + "numbers; lower one of them")
        }
    }
}
