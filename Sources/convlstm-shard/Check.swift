// What every subcommand asks of its options before it does anything: numbers in range, and nothing to overwrite.

import ArgumentParser
import Foundation
import Formats
import Shards

enum Check {
    /// Checks the extents of a sequence before memory is taken for one.
    static func extents(frames: Int, size: Int) throws {
        try require(frames, in: 1...SequenceGeometry.mostFrames, "--frames")
        try require(size, in: 8...SequenceGeometry.largestSide, "--size")
        guard frames * size * size <= SequenceGeometry.mostElements else {
            throw ValidationError(
                "--frames \(frames) of --size \(size) make sequences of more than \(SequenceGeometry.mostElements) "
                    + "numbers; lower one of them.")
        }
    }

    static func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// Throws where an option that names a file or a folder is empty, as `--output $unset` is.
    static func requireName(_ name: String?, _ option: String) throws {
        guard name?.isEmpty != true else { throw ValidationError("\(option) is empty; give a name") }
    }

    /// Throws if there is something at `path` that would be lost.
    static func requireAbsent(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ShardError("\(path) exists; remove it, or give another --output")
        }
    }
}
