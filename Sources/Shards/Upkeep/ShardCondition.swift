// What is left of a shard. The choice: the manifest's digest of the table decides which table is to be believed; without
// a table, frames speak for themselves.

import Formats
import Foundation

/// The condition of a shard that a manifest names.
enum ShardCondition {
    /// The shard is as it was written, and holds such values.
    case sound(ValueMeasurement)
    /// Some sequences can be saved: their frames, by their number within the shard. The reason is a clause.
    case damaged(reason: String, frames: [Int: SavedFrame])
    /// Nothing is left of it, or nothing is there. The reason is a clause.
    case gone(reason: String)

    var isSound: Bool { if case .sound = self { true } else { false } }
}

/// An intact frame of a shard, which is read when it is needed.
struct SavedFrame: Sendable {
    let read: @Sendable () throws -> [UInt8]
}

extension Manifest {
    /// Reads a whole shard, and looks for the sequences that can be saved if it is not as it was written.
    ///
    /// Throws `ShardError` for a shard that was written damaged, and `FormatError` if the disk cannot be read.
    ///
    /// - Parameter isVouched: whether the entry of the shard is that of a sound manifest, and not read from the file.
    func condition(of shard: Shard, in folder: String, isVouched: Bool) throws -> ShardCondition {
        let path = try DataFolder.path(of: shard.file, in: folder)
        guard try Folder.holds(path) else { return .gone(reason: "it is not there") }
        let found = examination(of: shard, in: folder)
        guard let damage = found.damage else { return .sound(found.measured) }
        // From here on the file is known to be readable, so that errors are about its content.
        let digest = try Digest.ofFile(path)
        if isVouched, digest == shard.sha256 {
            throw ShardError("\(damage); it was written so, which cannot be mended; split the data again")
        }
        let frames = try frames(of: shard, at: path, isVouched: isVouched)
        guard !frames.isEmpty else { return .gone(reason: "\(damage.reason), and nothing in it can be saved") }
        if isVouched, try isWhole(path, otherThan: shard) {
            return .gone(reason: "it is the shard of another data set")
        }
        return .damaged(reason: damage.reason, frames: frames)
    }

    /// The frames of the sequences that can be saved, by their number within the shard.
    private func frames(of shard: Shard, at path: String, isVouched: Bool) throws -> [Int: SavedFrame] {
        if isVouched, let file = try? SeekableZstdFile(path: path), file.tableSha256 == shard.tableSha256 {
            return intactFrames(of: file).mapValues { frame in SavedFrame { try file.bytes(ofFrame: frame) } }
        }
        let salvage = try FrameSalvage(path: path, contentSize: sequenceBytes) { NpyHeader(encoded: $0) != nil }
        let file = try InputFile(path: path)
        return Dictionary(
            uniqueKeysWithValues: try salvage.frames(of: shard.sequences + 1).map { number, place in
                (number - 1, SavedFrame { try file.bytes(at: place.lowerBound, count: place.count) })
            })
    }

    /// The numbers of the frames that match the file's table, by the sequence within the shard.
    private func intactFrames(of file: SeekableZstdFile) -> [Int: Int] {
        var content = [UInt8](repeating: 0, count: sequenceBytes), intact: [Int: Int] = [:]
        for frame in 1..<max(1, file.frameCount) where file.contentSize(ofFrame: frame) == sequenceBytes {
            var span = content.mutableSpan
            let isIntact = (try? file.decode(frame: frame, named: "sequence \(frame - 1)", into: &span)) != nil
            if isIntact { intact[frame - 1] = frame }
        }
        return intact
    }

    /// Whether a file is a whole shard by its own table, which is not that of the entry.
    private func isWhole(_ path: String, otherThan shard: Shard) throws -> Bool {
        guard let file = try? SeekableZstdFile(path: path), file.tableSha256 != shard.tableSha256 else { return false }
        return intactFrames(of: file).count == file.frameCount - 1
    }
}
