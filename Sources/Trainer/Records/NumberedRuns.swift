// The runs of a model that got no folder by name: runs/MODEL/1, 2, ... The choice: a run is found again by its
// config.yaml, and only where it is unfinished and the same, so that a command that is started again goes on, and any
// other begins anew.

import Configuration
import Formats
import Reports

/// The folder `runs/MODEL`, for one configuration.
struct NumberedRuns {
    private let folder: String
    private let configuration: TrainingConfiguration

    init(of configuration: TrainingConfiguration) {
        (folder, self.configuration) = (configuration.numberedRuns, configuration)
    }

    /// What a command goes on with.
    enum Choice {
        /// The folder of the newest run of the same configuration that is not finished.
        case goesOn(String)
        /// A new run, and what sets it apart from the newest one, in a sentence; nil where nobody would expect another.
        case begins(because: String?)
    }

    /// Goes on where it can, unless a new run is asked for.
    func choice() throws -> Choice {
        guard configuration.resume != .never else { return .begins(because: nil) }
        var reason: String?
        for number in try Folder.numbers(in: folder).reversed() {
            let run = "\(folder)/\(number)"
            guard let other = try record(of: run) else { continue }
            guard try configuration.isOfSameRun(as: other) else {
                reason = try reason ?? contrast(to: other, of: run)
                continue
            }
            let newest = try CheckpointStore.ofRun(run).newest()
            if newest?.checkpoint.isFinal(of: configuration) != true { return .goesOn(run) }
            reason = reason ?? "a new run, since \(run) is finished"
        }
        return .begins(because: reason)
    }

    /// What is other than in an earlier run, and how that would go on.
    private func contrast(to other: TrainingConfiguration, of run: String) throws -> String? {
        let changes = try configuration.changes(from: other, of: .run)
        guard !changes.isEmpty else { return nil }
        let more = changes.count > 3 ? " and \(changes.count - 3) more" : ""
        return
            "a new run, which differs from \(run) in \(changes.prefix(3).joined(separator: ", "))\(more); --resume \(run) "
            + "would go on with that one"
    }

    /// Makes a folder of the next number, and locks it.
    func lockNew() throws -> RunLock { try .onNewFolder(in: folder, from: (Folder.numbers(in: folder).last ?? 0) + 1) }

    /// The configuration of a run; nil for a folder in which none has begun, and, with a warning, for one whose
    /// configuration cannot be read.
    private func record(of run: String) throws -> TrainingConfiguration? {
        let file = run + "/config.yaml"
        guard try Folder.holds(file) else { return nil }
        do {
            return try TrainingConfiguration(file: file)
        } catch {
            ProgressDisplay.standardError.say("warning: \(run) is not gone on with: \(error)")
            return nil
        }
    }
}
