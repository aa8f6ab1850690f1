// A folder of checkpoints that cannot be lost. The choice: a new one is written beside its name, read back and verified
// before it takes the name, then entered in the index; only after that is an old one removed.

import Formats
import Foundation

/// The checkpoints of a run, read and written by one process.
package struct CheckpointStore: Sendable {
    package let folder: String

    /// How many of the newest stay; the best one stays in any case.
    private let keep: Int

    package init(folder: String, keep: Int = 1) { (self.folder, self.keep) = (folder, keep) }

    /// The checkpoints in the folder of a run.
    package static func ofRun(_ output: String, keep: Int = 1) -> CheckpointStore {
        CheckpointStore(folder: output + "/checkpoints", keep: keep)
    }

    /// Writes a checkpoint under the name of its step and returns its path.
    ///
    /// Throws `FormatError` if the disk has no room, or gives back other bytes than were written; all older checkpoints
    /// are still there then.
    @discardableResult
    package func save(_ checkpoint: Checkpoint) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let name = Checkpoint.fileName(step: checkpoint.position.step), bytes = try checkpoint.encoded()
        var digest = Digest()
        digest.update(bytes.span)
        let entry = CheckpointIndex.Entry(
            file: name, step: checkpoint.position.step, bytes: bytes.count, sha256: digest.hexadecimal)
        try write(bytes, as: entry)
        try enter(entry, best: checkpoint.best.map { Checkpoint.fileName(step: $0.step) })
        return path(of: name)
    }

    private func write(_ bytes: [UInt8], as entry: CheckpointIndex.Entry) throws {
        let file = try AtomicFile(path: path(of: entry.file), expecting: bytes.count)
        try file.append(bytes.span)
        let written = try InputFile(sharing: file, standingFor: file.path).bytes()
        try Self.verify(written, against: entry, file: file.path)
        _ = try Checkpoint(decoding: written, file: file.path)
        try file.commit()
    }

    /// Adds an entry to the index, and removes what is to stay no longer.
    private func enter(_ entry: CheckpointIndex.Entry, best: String?) throws {
        var index = CheckpointIndex(folder: folder)
        let others = try steps.filter { $0 != entry.step }.map {
            try index[Checkpoint.fileName(step: $0)] ?? measured($0)
        }
        let all = (others + [entry]).sorted { $0.step < $1.step }
        let staying = Set(all.suffix(keep).map(\.file) + [entry.file, best].compactMap { $0 })
        index.checkpoints = all.filter { staying.contains($0.file) }
        index.best = best.flatMap { index[$0]?.file }
        try index.write(folder: folder)
        for entry in all where !staying.contains(entry.file) {
            try FileManager.default.removeItem(atPath: path(of: entry.file))
        }
    }

    /// The entry of a file that the index does not know, because a run was killed just before.
    private func measured(_ step: Int) throws -> CheckpointIndex.Entry {
        let name = Checkpoint.fileName(step: step), file = try InputFile(path: path(of: name))
        return CheckpointIndex.Entry(file: name, step: step, bytes: file.size, sha256: try Digest.ofFile(file.path))
    }

    /// The steps of the checkpoints in the folder, damaged ones too, in order.
    package var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap(Checkpoint.step(fileName:)).sorted()
    }

    private func path(of name: String) -> String { folder + "/" + name }

    private static func verify(_ bytes: [UInt8], against entry: CheckpointIndex.Entry, file: String) throws {
        var digest = Digest()
        digest.update(bytes.span)
        guard bytes.count == entry.bytes, digest.hexadecimal == entry.sha256 else {
            let change = bytes.count == entry.bytes
                ? "has other bytes than were written" : "has \(bytes.count) bytes and was written with \(entry.bytes)"
            throw FormatError(file, change, "use another checkpoint, and check the disk")
        }
    }
}

// Reading

extension CheckpointStore {
    /// A checkpoint found on disk.
    package struct Found: Sendable {
        package let path: String
        package let checkpoint: Checkpoint

        /// Newer ones that could not be used, each with a sentence that says why.
        package var damaged: [(path: String, reason: String)] = []
    }

    /// Reads one file, verifying its checksums and, where an index beside it knows it, its digest.
    ///
    /// Throws `FormatError` saying what is wrong.
    package static func read(_ path: String) throws -> Found {
        let bytes = try InputFile(path: path).bytes(), url = URL(fileURLWithPath: path)
        let index = CheckpointIndex(folder: url.deletingLastPathComponent().path)
        if let entry = index[url.lastPathComponent] { try verify(bytes, against: entry, file: path) }
        return Found(path: path, checkpoint: try Checkpoint(decoding: bytes, file: path))
    }

    /// The newest whole checkpoint; nil where there are none.
    ///
    /// Throws `FormatError` where there are some and all are damaged.
    package func newest() throws -> Found? {
        var damaged: [(path: String, reason: String)] = []
        for step in steps.reversed() {
            let path = path(of: Checkpoint.fileName(step: step))
            do {
                var found = try Self.read(path)
                found.damaged = damaged
                return found
            } catch {
                damaged.append((path, "\(error)"))
            }
        }
        guard let first = damaged.first else { return nil }
        throw FormatError(
            folder, "holds no whole checkpoint: \(first.reason)",
            "start again with another --output, or restore a backup")
    }

    /// The checkpoint with the lowest validation loss, or the newest where none validated.
    ///
    /// Throws `FormatError` where it is damaged.
    package func best() throws -> Found? {
        guard let best = CheckpointIndex(folder: folder).best else { return try newest() }
        return try Self.read(path(of: best))
    }

    /// Renames damaged files, so that they count no more and nothing is lost.
    package func setAside(_ found: Found) throws {
        for (path, _) in found.damaged {
            let place = path + ".damaged"
            try? FileManager.default.removeItem(atPath: place)
            try FileManager.default.moveItem(atPath: path, toPath: place)
        }
    }

    /// Removes what a killed process left half-written.
    package func removeLeftovers() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".partial") {
            try FileManager.default.removeItem(atPath: path(of: name))
        }
    }
}
