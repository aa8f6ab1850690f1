// The checkpoint that a path refers to. The choice: a file, a run's folder and its checkpoints folder are all
// valid. A folder stands for its best checkpoint, or the newest if there was no validation.

import Collectives
import Formats
import Foundation

extension CheckpointStore {
    /// Reads the checkpoint that `path` names.
    ///
    /// Throws `FormatError` if there is none, or it is damaged.
    package static func named(_ path: String) throws -> Found {
        guard try Folder.holds(path) else { throw try noneIn(path) }
        guard try Folder.isOne(path) else { return try read(path) }
        guard let found = try inside(path).best() else { throw try noneIn(path) }
        return found
    }

    /// Reads the checkpoint that `path` names on rank 0, and broadcasts it to all ranks. Collective.
    package static func named(_ path: String, on communicator: any Communicator) throws -> Found {
        let found = communicator.rank == 0 ? try named(path) : nil
        var bytes = communicator.size > 1 ? try found.map { try InputFile(path: $0.path).bytes() } ?? [] : []
        try communicator.broadcast(&bytes, from: 0)
        return try found ?? Found(path: path, checkpoint: Checkpoint(decoding: bytes, file: path))
    }

    /// The checkpoints of a run's folder, or of a folder of checkpoints.
    package static func inside(_ folder: String) throws -> CheckpointStore {
        let run = ofRun(folder)
        return try Folder.isOne(run.folder) ? run : CheckpointStore(folder: folder)
    }

    static func noneIn(_ folder: String) throws -> FormatError {
        let exists = try Folder.holds(folder)
        let newest = exists ? try Folder.numbers(in: folder).last.map { ", such as \(folder)/\($0)" } ?? "" : ""
        return FormatError(
            file: folder, problem: exists ? "holds no checkpoints" : "does not exist",
            advice: "name a checkpoint, or the folder of a run that has saved one\(newest)")
    }
}
