// Files with a frame each as a film. The choice: the first file says what all frames are like; the frames of a run are
// decoded on all cores.

import Formats
import Foundation

/// Frames in files of their own.
struct FolderFilm: FrameSeries {
    /// The folder.
    let name: String
    let times: [Date]?
    let values: ValueDescription? = nil
    private let files: [String]
    private let kind: FrameFile.Kind
    private let asGray: Bool

    /// Throws `FormatError` if the first file holds no frame.
    init(_ name: String, files: [String], times: [UTCTime]?, asGray: Bool) throws {
        (self.name, self.files, self.asGray) = (name, files, asGray)
        self.times = times.map { $0.map(\.date) }
        kind = try FrameFile.kind(of: files[0], asGray: asGray)
    }

    var height: Int { kind.height }
    var width: Int { kind.width }
    var channels: Int { kind.channels }
    var elementType: ElementType { kind.type }
    var count: Int { files.count }

    /// Throws `FormatError` that names the file if it is damaged, or holds another kind of frame than the first.
    func read(frames: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws {
        let read = try Parallel.map(frames.count) { try frame(files[frames.lowerBound + $0]) }
        bytes.withUnsafeMutableBytes { target in
            for (number, frame) in read.enumerated() {
                UnsafeMutableRawBufferPointer(rebasing: target[(number * frameBytes)...]).copyBytes(from: frame)
            }
        }
    }

    private func frame(_ file: String) throws -> [UInt8] {
        let (found, bytes) = try FrameFile.read(file, asGray: asGray)
        guard found == kind else {
            throw FormatError(
                file: file, problem: "is of \(found) and \(files[0]) of \(kind)",
                advice: found.channels == kind.channels
                    ? "bring all frames to one size and type" : "make all frames gray with --gray")
        }
        return bytes
    }
}
