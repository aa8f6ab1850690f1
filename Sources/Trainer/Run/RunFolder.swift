// A run's folder as rank 0 opens it: what is there already, whether it may be gone on with, and the lock that keeps a
// second run out. The choice: nothing is written before everything has been checked.

import Formats
import Foundation
import Model

/// The folder of a run: config.yaml, the logs and `checkpoints/`.
final class RunFolder {
    let path: String
    let store: CheckpointStore

    /// The checkpoint to go on from.
    let start: CheckpointStore.Found?

    private var lock: FileHandle?

    /// Looks at what is there, and writes nothing.
    ///
    /// Throws a usage error where going on, or starting anew, would lose or mix up something.
    init(_ configuration: TrainingConfiguration, data: DataSet) throws {
        path = configuration.output
        store = CheckpointStore.ofRun(path, keep: configuration.keep)
        switch configuration.resume {
        case .auto:
            start = try store.newest()
        case .never:
            guard store.steps.isEmpty, !FileManager.default.fileExists(atPath: path + "/metrics.csv") else {
                throw TrainingError.usage(
                    "\(path) already holds a run; choose another --output, or go on with --resume auto")
            }
            start = nil
        case .from(let file):
            let found = try CheckpointStore.read(file), later = store.steps.last ?? 0
            guard later <= found.checkpoint.position.step else {
                throw TrainingError.usage(
                    "\(path) already holds a checkpoint of step \(later), later than \(file); choose another --output "
                        + "to branch off")
            }
            start = found
        }
        if let start { try start.requireSameRun(configuration, data) }
    }

    /// Makes the folder this run's own.
    ///
    /// - Parameter checkpointSize: bytes that a checkpoint may take, for which the disk must have room.
    func claim(_ configuration: TrainingConfiguration, checkpointSize: Int) throws {
        do {
            try FileManager.default.createDirectory(atPath: store.folder, withIntermediateDirectories: true)
        } catch {
            throw FormatError(path, "could not be made", "check its path and permissions, or choose another --output")
        }
        try takeLock()
        try FreeSpace.require(checkpointSize, for: store.folder + "/checkpoint")
        if let start { try store.setAside(start) }
        try store.removeLeftovers()
        try configuration.write(to: path + "/config.yaml")
    }

    private func takeLock() throws {
        let file = path + "/.lock"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let handle = FileHandle(forWritingAtPath: file)
        guard let handle, flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw TrainingError("another process trains in \(path); wait for it, or choose another --output")
        }
        lock = handle
    }
}

extension TrainingConfiguration {
    /// Writes the complete configuration to a file.
    func write(to path: String) throws {
        let file = try AtomicFile(path: path), text = [UInt8](try yaml.utf8)
        try file.append(text.span)
        try file.commit()
    }
}

extension CheckpointStore.Found {
    /// Throws a usage error unless the order of the sequences and the tensors are those of the checkpoint.
    fileprivate func requireSameRun(_ configuration: TrainingConfiguration, _ data: DataSet) throws {
        let old = checkpoint.configuration
        func refuse(_ difference: String, _ advice: String) -> TrainingError {
            .usage("\(path) \(difference); \(advice), or choose another --output to start anew")
        }
        guard old.model.network == configuration.model.network, checkpoint.frame == data.frame else {
            throw refuse(
                "is of another network or frame size",
                "go on with --model \(old.model.name) and the data it was made with")
        }
        guard old.model.optimizer.moments == configuration.model.optimizer.moments else {
            throw refuse("is of a run with another optimizer", "go on with its model.optimizer")
        }
        // Before the first step no sequence was drawn: imported weights go on with any data.
        if checkpoint.position == Position() { return }
        guard old.seed == configuration.seed else {
            throw refuse("is of a run with seed \(old.seed)", "go on with --seed \(old.seed)")
        }
        let count = data.range(of: .train).count
        guard checkpoint.trainingSequences == count else {
            throw refuse(
                "is of a run with \(checkpoint.trainingSequences) training sequences and \(data.name) has \(count)",
                "go on with the data it was made with")
        }
        func draws(_ ranks: Int?, _ configuration: TrainingConfiguration) -> String {
            ranks.map { "by each of \($0) ranks from its own shards in batches of \(configuration.model.batchSize)" }
                ?? "by all ranks from all shards"
        }
        let (before, now) = (draws(checkpoint.samplingRanks, old), draws(data.deal?.training.count, configuration))
        guard before == now || checkpoint.position.used == 0 else {
            throw refuse(
                "is in the middle of an epoch drawn \(before), and this job would draw \(now)", "go on as it began")
        }
    }
}
