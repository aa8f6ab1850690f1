// Whether the checkpoints of a folder can be used as they were written. The choice: every file is read in full and held
// against the network that it is of, as going on from it would; what the index says that the files do not is said too.
// A run may be training in the folder meanwhile.

import Formats
import Foundation

extension CheckpointStore {
    /// What became of one file.
    package struct Verdict: Sendable, Equatable {
        package let file: String

        /// What is wrong, as a sentence; nil for a whole checkpoint.
        package let damage: String?

        /// What is no damage, but to be known.
        package var remark: String?
    }

    /// Reads every checkpoint of a run's folder or of a folder of checkpoints, in the order of their steps; or one
    /// file.
    ///
    /// Throws `FormatError` where there are none.
    package static func verdicts(on path: String) throws -> [Verdict] {
        if try Folder.holds(path), try !Folder.isOne(path) { return [verdict(on: path)] }
        let verdicts = try inside(path).verdicts()
        guard !verdicts.isEmpty else { throw noneIn(path) }
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

    /// Nil for a file that the run in the folder has removed meanwhile.
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

    /// The verdict on a file that the index lists and that was not there when the folder was looked at.
    private func lost(_ name: String) throws -> Verdict? {
        let path = path(of: name)
        if try Folder.holds(path) { return Self.verdict(on: path) }
        guard try CheckpointIndex(folder: folder)[name] != nil else { return nil }
        return Verdict(file: path, damage: "\(path) is missing; restore a backup of it")
    }

    private static func verdict(on path: String) -> Verdict {
        do {
            try read(path).checkpoint.requireUsable(file: path)
            return Verdict(file: path, damage: nil)
        } catch {
            return Verdict(file: path, damage: "\(error)")
        }
    }
}
