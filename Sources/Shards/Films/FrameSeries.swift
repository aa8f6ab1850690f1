// Frames in the order of their times, as an archive holds them. The choice: one protocol for an array, a folder with a
// file for each time, and a variable of an HDF5 file, so that cutting films into sequences knows no format.

import Foundation

/// Frames of one size and type in the order of their times.
package protocol FrameSeries: Sendable {
    /// The path by which messages name it.
    var name: String { get }

    /// The extents of a frame.
    var height: Int { get }
    var width: Int { get }
    var channels: Int { get }

    /// The type in which `read` gives the numbers, and shards keep them.
    var elementType: ElementType { get }

    /// What the numbers mean; nil if the source does not say.
    var values: ValueDescription? { get }

    /// The number of frames.
    var count: Int { get }

    /// The time of each frame, ascending; nil if nothing tells them.
    var times: [Date]? { get }

    /// Fills `bytes` with the stored numbers of some frames: little-endian, of shape (frames, height, width, channels).
    ///
    /// Throws `FormatError` or `ShardError`, which name the file and the frame.
    func read(frames: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws
}

extension FrameSeries {
    /// The number of bytes of a frame.
    package var frameBytes: Int { height * width * channels * elementType.size }
}
