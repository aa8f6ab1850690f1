// Whether the checkpoints of a folder are as they were written. The choice: every file is read in full, and files that the
// index lists and the disk has not are found too.

import Foundation

extension CheckpointStore {
    /// What became of one checkpoint.
    package struct Verdict: Sendable, Equatable {
        package let file: String

        /// What is wrong, as a sentence; nil for a whole checkpoint.
        package let damage: String?
    }

    /// Reads every checkpoint of a run's folder or of a folder of checkpoints, in the order of their steps; or one file.
    ///
    /// Throws `FormatError` where there are none.
    package static func verdicts(on path: String) throws -> [Verdict] {
        if FileManager.default.fileExists(atPath: path), !isFolder(path) { return [verdict(on: path)] }
        let verdicts = inside(path).verdicts
        guard !verdicts.isEmpty else { throw noneIn(path) }
        return verdicts
    }

    private var verdicts: [Verdict] {
        let present = steps.map(Checkpoint.fileName(step:))
        let lost = CheckpointIndex(folder: folder).checkpoints.map(\.file).filter { !present.contains($0) }
        return present.map { Self.verdict(on: folder + "/" + $0) }
            + lost.map { folder + "/" + $0 }.map { Verdict(file: $0, damage: "\($0) is missing; restore a backup of it") }
    }

    private static func verdict(on path: String) -> Verdict {
        do {
            _ = try read(path)
            return Verdict(file: path, damage: nil)
        } catch {
            return Verdict(file: path, damage: "\(error)")
        }
    }
}
