// A run's folder as rank 0 opens it: the lock that keeps a second run out, its contents, and whether the run may
// resume. The choice: the lock is taken before anything is read, and nothing is written before everything has been
// checked.

import Shards
import Supervision
import DataLoading
import Configuration
import Formats
import Foundation
import Model

/// The folder of a run: config.yaml, the logs and `checkpoints/`.
final class RunFolder {
    let path: String
    let store: CheckpointStore

    /// The checkpoint to resume from; nil for a new run.
    let start: CheckpointStore.Found?

    /// Why this is a new run and not an earlier one, in a sentence; nil where nobody would expect another.
    let reasonToBegin: String?

    private let lock: RunLock

    /// Finds or makes the folder, locks it, and reads its contents.
    ///
    /// Throws a usage error if resuming, or starting from scratch, would lose or mix up something.
    init(_ configuration: TrainingConfiguration, data: DataSet) throws {
        let ownRuns = configuration.output == nil ? NumberedRuns(of: configuration) : nil
        let same: String?
        switch try ownRuns?.choice() {
        case .goesOn(let run): (same, reasonToBegin) = (run, nil)
        case .begins(let reason): (same, reasonToBegin) = (nil, reason)
        case nil: (same, reasonToBegin) = (nil, nil)
        }
        if let path = configuration.output ?? same {
            lock = try RunLock(path)
        } else {
            lock = try ownRuns!.lockNew()
        }
        path = lock.folder
        store = CheckpointStore.ofRun(
            path, keeping: Retention(newest: configuration.keep, every: configuration.keepEvery))
        // A run that is found again has begun as it was told, and goes on from its own checkpoints.
        switch same == nil ? configuration.resume : .auto {
        case .auto:
            start = try store.newest()
        case .never:
            guard try store.steps.isEmpty, try !Folder.holds(path + "/metrics.csv") else {
                throw TrainingError.usage(
                    "\(path) already holds a run; choose another --output, or go on with --resume auto")
            }
            start = nil
        case .from(let file):
            start = try Self.start(from: file, in: store, of: path)
        }
        if let start { try start.requireSameRun(configuration, data) }
    }

    /// A checkpoint that a person named: one of this run without later ones, or one of another run from which this
    /// one starts.
    private static func start(
        from file: String, in store: CheckpointStore, of run: String
    ) throws -> CheckpointStore.Found {
        let found = try CheckpointStore.read(file), steps = try store.steps
        guard let newest = steps.last else { return found }
        let isOwn = try Folder.isSame(URL(fileURLWithPath: file).deletingLastPathComponent().path, store.folder)
        guard isOwn, newest <= found.checkpoint.position.step else {
            let what = isOwn ? "later than \(file)" : "and \(file) is of another"
            throw TrainingError.usage(
                "\(run) already holds a run with a checkpoint of step \(newest), \(what); choose another --output to "
                    + "branch off")
        }
        return found
    }

    /// Throws a usage error if the run would go on to another result than without the stop, unless it is forced to.
    /// Weights that were never trained, and a checkpoint of another run, are starting points for any configuration.
    func requireUnchanged(_ configuration: TrainingConfiguration) throws {
        guard let checkpoint = start?.checkpoint, checkpoint.position != Position(), try !store.steps.isEmpty else {
            return
        }
        let changes = try configuration.changes(from: checkpoint.configuration, of: .result)
        guard changes.isEmpty else {
            throw TrainingError.usage(
                "\(path) would go on to another result, with \(changes.joined(separator: ", ")); add --force to go on so, "
                    + "or choose another --output to start anew")
        }
    }

    /// The number of threads with which the run that goes on began; nil for a new one, and for weights that were never
    /// trained.
    var ownThreads: Int? {
        guard let checkpoint = start?.checkpoint, checkpoint.position != Position() else { return nil }
        return checkpoint.configuration.threads.number
    }

    /// Prepares the folder for more steps of this run.
    ///
    /// - Parameter checkpointSize: the maximum bytes of a checkpoint, which the disk must take.
    func claim(_ configuration: TrainingConfiguration, checkpointSize: Int) throws {
        try Folder.make(store.folder)
        try tidy()
        try TrialWrite.require(checkpointSize, in: store.folder)
        try configuration.write(to: path + "/config.yaml")
    }

    /// Repairs the files derived from the checkpoints, and removes those that killed processes left half-written.
    /// The record of the run is not changed.
    func tidy() throws {
        if let start { try store.setAside(start) }
        for folder in [path, store.folder] { try Leftovers.removeAll(in: folder) }
        if let start { try store.mendIndex(newest: start) }
    }

    /// Throws `TrainingError` if this process is no longer the only one that trains here.
    func requireOwn() throws {
        guard lock.isOwn else {
            throw TrainingError(
                "\(path) was removed, or taken over by another process; nothing more is written there; where it is now, the "
                    + "same command goes on from the last checkpoint")
        }
    }

    /// Releases the lock, once nothing more is written.
    func release() { lock.release() }
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
    /// Throws a usage error unless the order of the sequences and the tensors match those of the checkpoint.
    fileprivate func requireSameRun(_ configuration: TrainingConfiguration, _ data: DataSet) throws {
        let old = checkpoint.configuration
        func refuse(_ difference: String, _ advice: String) -> TrainingError {
            .usage("\(path) \(difference); \(advice), or choose another --output to start anew")
        }
        guard old.model.network == configuration.model.network,
            checkpoint.frame == data.frame(for: configuration.model)
        else {
            throw refuse(
                "is of another network or frame size",
                "go on with --model \(old.model.name) and the data it was made with")
        }
        guard old.model.optimizer.moments == configuration.model.optimizer.moments else {
            throw refuse("is of a run with another optimizer", "go on with its model.optimizer")
        }
        // Before the first step no sequence was drawn, so that imported weights may be trained on any data.
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
        let (scaled, range) = (checkpoint.valueRange, data.source.valueRange)
        guard scaled == range else {
            throw refuse(
                "is of a run with values from \(scaled.lowerBound) to \(scaled.upperBound) and \(data.name) has values from "
                    + "\(range.lowerBound) to \(range.upperBound)", "go on with the data it was made with")
        }
        guard checkpoint.unit == data.source.unit else {
            func inWords(_ unit: String?) -> String { unit ?? "no known unit" }
            throw refuse(
                "is of a run with values in \(inWords(checkpoint.unit)) and \(data.name) has values in "
                    + "\(inWords(data.source.unit))", "go on with the data it was made with")
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
