// A film whose frames are in many files, one time or a few in each. The choice: the files are put in the order of their times,
// and only the one being read is open.

import Foundation
import Formats

/// Films that follow each other in time, as one.
struct JoinedFilm: FrameSeries {
    let name: String
    private(set) var times: [Date]?
    private let parts: [ArchiveFilm]
    /// The number of the first frame of each part, and of all frames.
    private let firsts: [Int]

    var height: Int { parts[0].height }
    var width: Int { parts[0].width }
    var channels: Int { parts[0].channels }
    var elementType: ElementType { parts[0].elementType }
    var values: ValueDescription? { parts[0].values }
    var count: Int { firsts.last! }

    /// Throws `ShardError` if a part is of another kind than the first, or if two have the same time.
    init(_ parts: [ArchiveFilm], name: String) throws {
        var parts = parts
        if parts.allSatisfy({ $0.times?.isEmpty == false }) {
            parts.sort { $0.times![0] < $1.times![0] }
            for (one, other) in zip(parts, parts.dropFirst()) where one.times!.last! >= other.times![0] {
                let stamp = other.times![0].formatted(.iso8601)
                throw ShardError(
                    "\(one.name) and \(other.name) both have a frame of \(stamp); keep one of them in \(name)")
            }
            times = parts.flatMap { $0.times! }
        } else {
            if let timeless = parts.first(where: { $0.times == nil }), parts.contains(where: { $0.times != nil }) {
                throw ShardError("\(timeless.name) does not say its time, and others in \(name) do; leave it out")
            }
            times = nil
        }
        for part in parts.dropFirst() { try Self.requireAlike(part, parts[0]) }
        (self.parts, self.name) = (parts, name)
        firsts = parts.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    }

    private static func requireAlike(_ part: ArchiveFilm, _ first: ArchiveFilm) throws(ShardError) {
        guard part.kindInWords == first.kindInWords else {
            throw ShardError(
                "\(part.name) holds frames of \(part.kindInWords), and \(first.name) of \(first.kindInWords); split what is alike"
            )
        }
        guard ValueDescription.areAlike(part.values, first.values) else {
            throw ShardError(
                "\(part.name) says another scale, unit or missing value than \(first.name); split what is alike, or say what "
                    + "holds for all with --scale, --offset, --missing and --unit")
        }
    }

    func read(frames: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws {
        precondition(bytes.count == frames.count * frameBytes, "\(bytes.count) bytes for \(frames.count) frames")
        var next = frames.lowerBound, part = firsts.lastIndex { $0 <= next } ?? 0
        var run = [UInt8]()
        while next < frames.upperBound {
            let end = min(frames.upperBound, firsts[part + 1]), place = next - frames.lowerBound
            if next < end {
                run = [UInt8](repeating: 0, count: (end - next) * frameBytes)
                var span = run.mutableSpan
                try parts[part].read(frames: next - firsts[part]..<end - firsts[part], into: &span)
                let (start, length) = (place * frameBytes, run.count)
                bytes.withUnsafeMutableBytes { target in
                    run.withUnsafeBytes {
                        UnsafeMutableRawBufferPointer(rebasing: target[start..<start + length]).copyMemory(from: $0)
                    }
                }
            }
            (next, part) = (end, part + 1)
        }
    }
}
