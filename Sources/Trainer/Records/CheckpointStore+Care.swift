// What a person does with the checkpoints of a run: list them, remove those that are not needed, and mend the folder
// after damage. The choice: both changes hold the run's lock, so that no run trains there meanwhile, and nothing that
// might be of use is removed: what is damaged gets another name.

import Configuration
import DataLoading
import Formats
import Foundation

extension CheckpointStore {
    /// A checkpoint in a listing.
    package struct Listed: Sendable {
        package let step, bytes: Int
        package let path: String
        package let saved: Date
        package let isBest: Bool
    }

    /// The checkpoints of a run's folder or of a folder of checkpoints, in the order of their steps.
    ///
    /// Throws `FormatError` if there are none.
    package static func listed(in folder: String) throws -> [Listed] {
        let store = try inside(folder), steps = try store.steps
        guard !steps.isEmpty else { throw try noneIn(folder) }
        let best = try store.best()?.checkpoint.position.step
        return try steps.map { step in
            let path = store.path(of: Checkpoint.fileName(step: step))
            let facts = try FileManager.default.attributesOfItem(atPath: path)
            return Listed(
                step: step, bytes: facts[.size] as? Int ?? 0, path: path,
                saved: facts[.modificationDate] as? Date ?? .distantPast,
                isBest: step == best)
        }
    }

    /// Removes the checkpoints of a run that a rule does not keep, and returns their paths.
    ///
    /// Throws `TrainingError` while a process trains there, and `FormatError` if there is no whole checkpoint, or if one
    /// could not be removed.
    package static func prune(_ run: String, keeping retention: Retention) throws -> [String] {
        let lock = try RunLock(ofExisting: run), store = ofRun(run, keeping: retention)
        defer { lock.release() }
        guard let newest = try store.newest() else { throw try noneIn(run) }
        let before = try store.steps
        let step = newest.checkpoint.position.step
        let complaints = try store.enter(
            store.entry(of: step, known: nil), best: newest.checkpoint.best?.step,
            known: CheckpointIndex(folder: store.folder))
        if let complaint = complaints.first { throw TrainingError(complaint) }
        let after = Set(try store.steps)
        return before.filter { !after.contains($0) }.map { store.path(of: Checkpoint.fileName(step: $0)) }
    }

    /// What a repair did.
    package struct Repair: Sendable {
        /// Damaged files under their new names, each with the reason as a sentence.
        package var setAside: [(path: String, reason: String)] = []

        /// The number of whole checkpoints.
        package var whole = 0

        /// Whether the index was written anew.
        package var wroteIndex = false
    }

    /// Reads every checkpoint of a run in full, renames those that are damaged, removes what killed processes left
    /// half-written, and writes the index from the files if it differs.
    ///
    /// Throws `TrainingError` while a process trains there, and `FormatError` if no whole checkpoint is left.
    package static func repair(_ run: String) throws -> Repair {
        let lock = try RunLock(ofExisting: run), store = ofRun(run, keeping: Retention(newest: .max))
        defer { lock.release() }
        guard try !store.steps.isEmpty else { throw try noneIn(run) }
        for folder in [run, store.folder] { try Leftovers.removeAll(in: folder) }
        var repair = Repair()
        for path in try store.steps.map({ store.path(of: Checkpoint.fileName(step: $0)) }) {
            if let reason = verdict(on: path).damage {
                repair.setAside.append((try SetAside.rename(path), reason))
            } else {
                repair.whole += 1
            }
        }
        guard let newest = try store.newest() else {
            throw FormatError(
                file: store.folder,
                problem: "holds no whole checkpoint; \(repair.setAside.count) damaged ones are kept beside it",
                advice: "start again with another --output, or restore a backup")
        }
        let old = try? CheckpointIndex(folder: store.folder)
        try store.mendIndex(newest: newest)
        repair.wroteIndex = try old != CheckpointIndex(folder: store.folder)
        return repair
    }
}

extension RunLock {
    /// Takes the lock of a folder that must be that of a run.
    fileprivate convenience init(ofExisting run: String) throws {
        guard try Folder.isOne(run), try Folder.isOne(CheckpointStore.ofRun(run).folder) else {
            throw FormatError(
                file: run, problem: "is not the folder of a run",
                advice: "name the folder that `train` made, as in its --output")
        }
        try self.init(run)
    }
}
