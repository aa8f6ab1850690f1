// When `train` writes checkpoints, validates, and ends for now.

import ArgumentParser
import CommandSupport
import Configuration

extension TimeLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// When a run saves, validates, and stops.
struct RecordingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Steps between checkpoints (default: 200).", valueName: "n"))
    var checkpointEvery: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Checkpoints to keep, beside the best one (default: 3).", valueName: "n"))
    var keep: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the checkpoints of steps that are multiples of this number for good; 0 for none (default: 0).",
            valueName: "n"))
    var keepEvery: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps between measurements of the validation loss, the last step's aside; 0 for the end of each epoch "
                + "(default: 0).", valueName: "n"))
    var evaluateEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Stop with a checkpoint and exit code 75 while there is time for it, to be run again: \(TimeLimit.forms).",
            valueName: "time"))
    var maxTime: TimeLimit?

    /// Those that change the configuration.
    var settings: [Setting] {
        [
            Setting("--checkpoint-every", checkpointEvery, to: \.checkpointEvery),
            Setting("--keep", keep, to: \.keep),
            Setting("--keep-every", keepEvery, to: \.keepEvery),
            Setting("--evaluate-every", evaluateEvery, to: \.evaluateEvery),
            Setting(maxTime, to: \.maxTime),
        ]
    }

    func validate() throws { for setting in settings { try setting.check() } }
}
