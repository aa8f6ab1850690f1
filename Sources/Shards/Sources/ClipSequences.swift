// Clips of PNG frames as sequences. The choice: a window of fixed length slides over each clip; a frame is decoded
// once, and dropped once the windows of a block have passed it.

import Formats

/// The sequences cut out of a folder of clips, in the order of the clips and their frames. Clips too short for a
/// sequence are ignored.
package final class ClipSequences: RawSequences {
    package let geometry: SequenceGeometry
    package let elementType = ElementType.uint8
    /// The number of clips that are too short for a sequence.
    package let tooShort: Int
    /// The number of frames that are in no sequence.
    package let leftOver: Int
    /// Sentences about what was ignored, and about clips whose frames may not be evenly spaced.
    package let remarks: [String]
    private let clips: [[String]]
    /// The clip and frame at which each sequence begins.
    private let starts: [(clip: Int, frame: Int)]
    private let asGray: Bool
    /// The decoded frames of the last block, by file.
    private var decoded: [String: [UInt8]] = [:]

    /// Reads the names, and the size of the first frame that is in a sequence.
    ///
    /// - Parameters:
    ///   - frames: the number of frames per sequence.
    ///   - stride: the number of frames from the start of a sequence to the start of the next one of the same clip.
    ///   - asGray: whether colors become one channel.
    /// - Throws: `ShardError` if there is no clip or none long enough, `FormatError` if the first frame is not a
    ///   supported picture.
    package init(folder: String, frames: Int, stride: Int, asGray: Bool) throws {
        let found = try ClipFolder(folder), all = found.clips
        guard let longest = all.map(\.files.count).max(), longest >= frames else {
            let most = all.map(\.files.count).max() ?? 0
            throw ShardError(
                "the longest clip of \(folder) has \(most) frame\(most == 1 ? "" : "s"); give --frames of at most \(most)"
            )
        }
        let usable = all.filter { $0.files.count >= frames }
        clips = usable.map(\.files)
        starts = clips.enumerated().flatMap { clip, files in
            Swift.stride(from: 0, through: files.count - frames, by: stride).map { (clip, $0) }
        }
        tooShort = all.count - clips.count
        leftOver = all.reduce(0) { $0 + Self.leftOver(of: $1.files.count, frames, stride) }
        remarks = try found.remarks + Self.oddities(of: usable)
        self.asGray = asGray
        let first = try PNGFile.extents(of: clips[0][0])
        geometry = SequenceGeometry(
            frames: frames, height: first.height, width: first.width, channels: asGray ? 1 : first.channels)
        try checkSize(folder, "lower --frames, or make the pictures smaller")
    }

    /// A sentence about the first clip with irregular frame numbers, and the count of the others; empty if there is
    /// none.
    private static func oddities(of clips: [ClipFrames]) throws -> [String] {
        let numbers = clips.map(FrameNumbers.init)
        for clip in numbers { try clip.requireDifferent() }
        let odd = zip(clips, numbers).compactMap { clip, numbers in numbers.oddity.map { "\(clip.folder): \($0)" } }
        guard let first = odd.first else { return [] }
        let more = odd.count - 1
        return [first + (more == 0 ? "" : "; so it is, or alike, in \(more) other clip\(more == 1 ? "" : "s")")]
    }

    private static func leftOver(of count: Int, _ frames: Int, _ stride: Int) -> Int {
        count < frames ? count : count - (count - frames) / stride * min(stride, frames) - frames
    }

    package var count: Int { starts.count }
    package var blocks: [Range<Int>] { blocks(bytesPerSequence: sequenceBytes) }

    /// Throws `FormatError` that names the frame if it is damaged or of another size than the first.
    package func bytes(of sequences: Range<Int>) throws -> [UInt8] {
        let windows = starts[sequences].map { clips[$0.clip][$0.frame..<$0.frame + geometry.frames] }
        try decode(windows)
        var bytes = [UInt8]()
        bytes.reserveCapacity(sequences.count * sequenceBytes)
        for file in windows.joined() { bytes += decoded[file]! }
        return bytes
    }

    /// Makes `decoded` hold exactly these frames.
    private func decode(_ windows: [ArraySlice<String>]) throws {
        let wanted = Set(windows.joined())
        decoded = decoded.filter { wanted.contains($0.key) }
        let missing = wanted.filter { decoded[$0] == nil }.sorted(), (geometry, asGray) = (geometry, asGray)
        let first = clips[0][0]
        let frames = try Parallel.map(missing.count) {
            try Self.frame(of: missing[$0], geometry: geometry, asGray: asGray, like: first)
        }
        for (file, frame) in zip(missing, frames) { decoded[file] = frame }
    }

    private static func frame(
        of file: String, geometry: SequenceGeometry, asGray: Bool, like first: String
    ) throws -> [UInt8] {
        let stored = try PNGFile.read(file), picture = asGray ? stored.gray : stored
        let (height, width, channels) = (geometry.height, geometry.width, geometry.channels)
        guard (picture.height, picture.width, picture.channels) == (height, width, channels) else {
            let found = "\(picture.height) x \(picture.width) x \(picture.channels)"
            throw FormatError(
                file: file, problem: "is of \(found) and \(first) of \(height) x \(width) x \(channels)",
                advice: picture.channels == channels
                    ? "bring all frames to one size" : "make all frames gray with --gray")
        }
        return picture.pixels
    }
}
