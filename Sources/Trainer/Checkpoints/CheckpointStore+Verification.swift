// Verification of the checkpoints of a folder. The choice: every file is read in full and checked against its
// network, as resuming would do. Entries of the index without a file are reported too. A run may be training in
// the folder at the same time.

import Formats
import Foundation

extension CheckpointStore {
    /// The result for one file.
    package struct Verdict: Sendable, Equatable {
        package let file: String

        /// What is wrong, as a sentence; nil for an intact checkpoint.
        package let damage: String?

        /// A remark about something that is no damage.
        package var remark: String?
    }

    /// Verifies every checkpoint of a run's folder or of a folder of checkpoints, in the order of their steps; or
    /// one file.
    ///
    /// Throws `FormatError` if there are none.
    package static func verdicts(on path: String) throws -> [Verdict] {
        if try Folder.holds(path), try !Folder.isOne(path) { return [verdict(on: path)] }
        let verdicts = try inside(path).verdicts()
        guard !verdicts.isEmpty else { throw try noneIn(path) }
        return verdicts
    }

    private func verdicts() throws -> [Verdict] {
        let present = try steps.map(Checkpoint.fileName(step:))
        let verdicts = try present.compactMap { try verdict(on: $0) }
        let index: CheckpointIndex
        do {
            index = try CheckpointIndex(folder: folder)
        } catch {
            return verdicts + [Verdict(file: path(of: CheckpointIndex.fileName), damage: "\(error)")]
        }
        return try verdicts + index.checkpoints.map(\.file).filter { !present.contains($0) }.compactMap { try lost($0) }
    }

    /// Verifies one file; nil if the run in the folder has removed it in the meantime.
    private func verdict(on name: String) throws -> Verdict? {
        let path = path(of: name), digest = try? Digest.ofFile(path)
        var verdict = Self.verdict(on: path)
        if verdict.damage != nil, try !Folder.holds(path) {
            let isListed = try? CheckpointIndex(folder: folder)[name]
            return isListed == nil ? nil : try lost(name)
        }
        if let entry = try? CheckpointIndex(folder: folder)[name], let digest, digest != entry.sha256 {
            verdict.remark = "\(CheckpointIndex.fileName) lists other bytes, as after a kill; the next `train` mends it"
        }
        return verdict
    }

    /// The result for a file that the index lists and that was missing from the folder's listing.
    private func lost(_ name: String) throws -> Verdict? {
        let path = path(of: name)
        if try Folder.holds(path) { return Self.verdict(on: path) }
        guard try CheckpointIndex(folder: folder)[name] != nil else { return nil }
        return Verdict(file: path, damage: "\(path) is missing; restore a backup of it")
    }

    static func verdict(on path: String) -> Verdict {
        do {
            try read(path).checkpoint.requireUsable(file: path)
            return Verdict(file: path, damage: nil)
        } catch {
            return Verdict(file: path, damage: "\(error)")
        }
    }
}
