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

    /// The folder of the newest run of the same configuration that is not finished; nil if there is none, or if a new
    /// one is asked for.
    func unfinished() throws -> String? {
        guard configuration.resume != .never else { return nil }
        for number in try Folder.numbers(in: folder).reversed() {
            let run = "\(folder)/\(number)"
            guard let other = try record(of: run), try configuration.isOfSameRun(as: other) else { continue }
            let newest = try CheckpointStore.ofRun(run).newest()
            if newest?.checkpoint.isFinal(of: configuration) != true { return run }
        }
        return nil
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
