// A folder of checkpoints that survives crashes. The choice: a new file is written under a temporary name, read
// back from the disk and verified before it is renamed, then entered in the index; only after that is an old one
// removed. The index is always derived from the files. Nothing holds a file's content whole.

import DataLoading
import Formats
import Foundation

/// The checkpoints of a run, read and written by one process.
package struct CheckpointStore: Sendable {
    package let folder: String

    /// Which checkpoints stay.
    private let retention: Retention

    package init(folder: String, keeping retention: Retention = Retention()) {
        (self.folder, self.retention) = (folder, retention)
    }

    /// The checkpoints in the folder of a run.
    package static func ofRun(_ output: String, keeping retention: Retention = Retention()) -> CheckpointStore {
        CheckpointStore(folder: output + "/checkpoints", keeping: retention)
    }

    /// A checkpoint on disk, and complaints about older files that could not be removed, with the reasons.
    package struct Saved: Sendable {
        package let path: String
        package let complaints: [String]
    }

    /// Writes a checkpoint under the name of its step, into an existing folder.
    ///
    /// Throws `FormatError` if the disk is full, or returns other bytes than were written. All older checkpoints
    /// are then still there.
    @discardableResult
    package func save(_ checkpoint: Checkpoint) throws -> Saved {
        let entry = try write(checkpoint), index = try? CheckpointIndex(folder: folder)
        return Saved(
            path: path(of: entry.file), complaints: try enter(entry, best: checkpoint.best?.step, known: index))
    }

    /// Writes the file, reads it back from the disk, and gives it its name.
    private func write(_ checkpoint: Checkpoint) throws -> CheckpointIndex.Entry {
        let step = checkpoint.position.step, name = Checkpoint.fileName(step: step)
        let file = try AtomicFile(path: path(of: name))
        var written = Digest()
        let size = try checkpoint.write(file: file.path) { piece in
            written.update(piece)
            try file.append(piece)
        }
        try file.settle()
        let check = ZstdFrameCheck(file: file.path)
        var read = Digest()
        let input = try InputFile(sharing: file, standingFor: file.path)
        try input.forEachPiece(at: 0, count: input.size) { piece in
            read.update(piece)
            try check.append(piece)
        }
        try check.finish()
        guard read.hexadecimal == written.hexadecimal, check.size == size else {
            throw FormatError(
                file: file.path, problem: "has other bytes than were written",
                advice: "check the disk, or use another one")
        }
        try file.commit()
        return CheckpointIndex.Entry(file: name, step: step, bytes: file.size, sha256: written.hexadecimal)
    }

    /// Rewrites the index from the files, the newest of which is `entry`, and removes those that are no longer to
    /// be kept; returns why some could not be removed.
    func enter(_ entry: CheckpointIndex.Entry, best: Int?, known: CheckpointIndex?) throws -> [String] {
        let others = try steps.filter { $0 != entry.step }.map { try self.entry(of: $0, known: known) }
        let all = (others + [entry]).sorted { $0.step < $1.step }
        let staying = retention.staying(of: all.map(\.step), best: best).union([entry.step])
        let next = CheckpointIndex(
            checkpoints: all.filter { staying.contains($0.step) }, best: all.first { $0.step == best }?.file)
        if try !isWritten(next) { try next.write(folder: folder) }
        return all.filter { !staying.contains($0.step) }.compactMap { entry in
            do {
                try Folder.remove(path(of: entry.file))
                return nil
            } catch {
                return "an older checkpoint stays: \(error)"
            }
        }
    }

    private func isWritten(_ index: CheckpointIndex) throws -> Bool {
        // An index that cannot be read is rewritten.
        (try? CheckpointIndex(folder: folder)) == index
    }

    /// The index entry of a step: the known one if the file has its size, otherwise a new one from the file.
    func entry(of step: Int, known: CheckpointIndex?) throws -> CheckpointIndex.Entry {
        let name = Checkpoint.fileName(step: step), file = try InputFile(path: path(of: name))
        if let entry = known?[name], entry.bytes == file.size, entry.step == step { return entry }
        return CheckpointIndex.Entry(file: name, step: step, bytes: file.size, sha256: try Digest.ofFile(file.path))
    }

    /// Repairs the index if a run was killed between writing a file and its entry, and removes files that it had no
    /// time to remove; returns why some could not be removed.
    ///
    /// - Parameter newest: the newest checkpoint of this folder. For one of another folder, nothing happens.
    @discardableResult
    package func mendIndex(newest: Found) throws -> [String] {
        let step = newest.checkpoint.position.step
        guard try steps.last == step, try Folder.isSame(newest.path, path(of: Checkpoint.fileName(step: step))) else {
            return []
        }
        return try enter(entry(of: step, known: nil), best: newest.checkpoint.best?.step, known: nil)
    }

    /// The steps of the checkpoints in the folder, including damaged ones, in order; empty if there is no folder.
    ///
    /// Throws `FormatError` if the folder cannot be read.
    package var steps: [Int] {
        get throws { try (Folder.names(in: folder) ?? []).compactMap(Checkpoint.step(fileName:)).sorted() }
    }

    func path(of name: String) -> String { folder + "/" + name }
}

// Reading

extension CheckpointStore {
    /// A checkpoint found on disk.
    package struct Found: Sendable {
        package let path: String
        package var checkpoint: Checkpoint

        /// Newer checkpoints that could not be used, each with the reason as a sentence.
        package var damaged: [(path: String, reason: String)] = []
    }

    /// Reads one file, verifying its checksums.
    ///
    /// Throws `FormatError` that describes the damage.
    package static func read(_ path: String) throws -> Found {
        let bytes = try InputFile(path: path).bytes()
        return Found(path: path, checkpoint: try Checkpoint(decoding: bytes, file: path))
    }

    /// The newest intact checkpoint; nil if there are no checkpoints.
    ///
    /// Throws `FormatError` if all of them are damaged.
    package func newest() throws -> Found? {
        // A run that trains here at the same time removes old files, but never without a newer one.
        for _ in 0..<100 {
            var damaged: [(path: String, reason: String)] = [], isMissing = false
            for step in try steps.reversed() {
                let path = path(of: Checkpoint.fileName(step: step))
                do {
                    var found = try Self.read(path)
                    found.damaged = damaged
                    return found
                } catch {
                    isMissing = try !Folder.holds(path)
                    if isMissing { break }
                    damaged.append((path, "\(error)"))
                }
            }
            if isMissing { continue }
            guard let first = damaged.first else { return nil }
            throw FormatError(
                file: folder, problem: "holds no whole checkpoint: \(first.reason)",
                advice: "start again with another --output, or restore a backup")
        }
        throw FormatError(
            file: folder, problem: "changes faster than it can be read", advice: "try again, or raise the run's --keep")
    }

    /// The checkpoint with the lowest validation loss, as recorded in the newest one; the newest if there was no
    /// validation, or if the best one cannot be used.
    ///
    /// Throws `FormatError` if all are damaged.
    package func best() throws -> Found? {
        for _ in 0..<100 {
            guard var newest = try newest() else { return nil }
            guard let best = newest.checkpoint.best?.step, best != newest.checkpoint.position.step else {
                return newest
            }
            let path = path(of: Checkpoint.fileName(step: best))
            do {
                var found = try Self.read(path)
                found.damaged = newest.damaged
                return found
            } catch {
                // A better one may have replaced it in the meantime.
                if try self.newest()?.checkpoint.best?.step != best { continue }
                newest.damaged.append((path, "the best one: \(error)"))
                return newest
            }
        }
        throw FormatError(
            file: folder, problem: "changes faster than it can be read", advice: "try again, or raise the run's --keep")
    }

    /// Renames damaged files, so that they are ignored and nothing is lost.
    package func setAside(_ found: Found) throws {
        for (path, _) in found.damaged { try SetAside.rename(path) }
    }
}
