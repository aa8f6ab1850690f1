// What a run's folder says of the run, for people who compare runs. The choice: it is read from the files that the run
// writes, and nothing else is kept, so that a list of runs cannot differ from the runs.

import Configuration
import Formats
import Foundation

/// A run in one line.
package struct RunSummary: Sendable {
    /// The path of the run's folder.
    package let run: String
    package let configuration: TrainingConfiguration

    /// What the run is doing; where it is stopped, the same command, or --resume RUN, goes on.
    package let state: State

    /// The run's tables of updates and of validations.
    package let metrics, validations: RunTable

    /// The updates in metrics.csv, and the loss of the last one.
    package let step: Int
    package let loss: Double?

    /// The validation with the lowest loss.
    package let best: Validation?

    package enum State: String, Codable, Sendable {
        case training, stopped, finished, damaged
    }

    /// Reads a run's folder; nil if no run has begun there.
    ///
    /// Throws `FormatError` about a file that cannot be read.
    ///
    /// - Parameter isEnding: whether the caller is the process that has it open, and makes no more steps.
    package init?(folder: String, isEnding: Bool = false) throws {
        let file = folder + "/config.yaml"
        guard try Folder.holds(file) else { return nil }
        run = folder
        configuration = try TrainingConfiguration(file: file)
        (metrics, validations) = (try RunTable(metricsOf: folder), try RunTable(validationsOf: folder))
        let store = CheckpointStore.ofRun(folder), checkpointStep = try store.steps.last
        step = max(metrics.steps.last ?? 0, checkpointStep ?? 0)
        loss = metrics["loss"].last
        best = zip(validations.steps, validations["loss"]).min { $0.1 < $1.1 }.map(Validation.init)
        state = try Self.state(of: folder, configuration, store, isEnding: isEnding)
    }

    private static func state(
        of folder: String, _ configuration: TrainingConfiguration, _ store: CheckpointStore, isEnding: Bool
    ) throws -> State {
        if try !isEnding && LockFile.holder(of: RunLock.file(of: folder)) != nil { return .training }
        do {
            return try store.newest()?.checkpoint.isFinal(of: configuration) == true ? .finished : .stopped
        } catch is FormatError {
            return .damaged
        }
    }

    /// The runs in a folder and in its folders, such as `runs`, in the order of their names.
    ///
    /// - Parameter complain: called with a sentence about each run that cannot be read.
    package static func all(in folder: String, complain: (String) -> Void) throws -> [RunSummary] {
        guard try Folder.isOne(folder) else {
            throw FormatError(
                file: folder, problem: try Folder.holds(folder) ? "is not a folder" : "does not exist",
                advice: "name a folder of runs, or train first")
        }
        var found: [RunSummary] = []
        func look(in folder: String, depth: Int) throws {
            do {
                if let run = try RunSummary(folder: folder) { return found.append(run) }
            } catch {
                return complain("\(folder) cannot be read: \(error)")
            }
            guard depth > 0 else { return }
            let names = (try Folder.names(in: folder) ?? []).filter { !$0.hasPrefix(".") }
            for name in names.sorted(by: { $0.compare($1, options: .numeric) == .orderedAscending }) {
                let inner = folder + "/" + name
                if try Folder.isOne(inner) { try look(in: inner, depth: depth - 1) }
            }
        }
        try look(in: folder, depth: 3)
        return found
    }
}
