// A sequence of an array as a film: frames that are cut into shorter sequences.

import Formats
import Foundation

/// One sequence of an array on disk, or an array that is one.
package struct ArrayFilm: FrameSeries {
    package let name: String
    package let times: [Date]?
    private let frames: ArrayFrames
    private let number: Int

    /// All films of an array.
    ///
    /// Throws `ShardError` for an array with other axes, and for a first time that is given for several films.
    package static func all(
        of array: NpyFile, _ order: AxisOrder, _ given: GivenTimes?
    ) throws(ShardError) -> [ArrayFilm] {
        let frames = try ArrayFrames(array, order), count = frames.extents[0]
        guard given?.first == nil || count == 1 else {
            throw ShardError(
                "\(array.path) holds \(count) sequences, and --times gives the time of one; give the step alone")
        }
        return (0..<count).map { number in
            let times = given.flatMap { given in
                given.first.map { first in (0..<frames.extents[1]).map { (first + $0 * given.step).date } }
            }
            return ArrayFilm(
                name: count == 1 ? array.path : "sequence \(number) of \(array.path)", times: times, frames: frames,
                number: number)
        }
    }

    private init(name: String, times: [Date]?, frames: ArrayFrames, number: Int) {
        (self.name, self.times, self.frames, self.number) = (name, times, frames, number)
    }

    package var height: Int { frames.extents[2] }
    package var width: Int { frames.extents[3] }
    package var channels: Int { frames.extents[4] }
    package var elementType: ElementType { frames.elementType }
    package var values: ValueDescription? { nil }
    package var count: Int { frames.extents[1] }

    package func read(frames wanted: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws {
        let read = try frames.bytes(sequences: number..<number + 1, frames: wanted)
        bytes.withUnsafeMutableBytes { target in read.withUnsafeBytes { target.copyMemory(from: $0) } }
    }
}
