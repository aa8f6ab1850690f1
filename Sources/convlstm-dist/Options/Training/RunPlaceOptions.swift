// Where a run's record is, and whether a run goes on.

import ArgumentParser
import CommandSupport
import Configuration
import Platform

/// The folder of the run, and whether it goes on there.
struct RunPlaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The run's folder (default: that of the newest unfinished run of the same configuration, or else a new one, runs/MODEL/1, "
                + "2, ...).", valueName: "folder"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp("A name for the run, in place of a number: runs/MODEL/LABEL.", valueName: "label"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "auto: go on from the newest checkpoint in the run's folder; never: start in a new folder; the folder of a run: go on "
                + "in it, as it was configured; or a checkpoint to go on from (default: auto).",
            valueName: "auto|never|path"),
        completion: .file())
    var resume: String?

    @Flag(help: "Go on with a run even where the configuration was changed so that its result changes.")
    var force = false

    /// Those that change the configuration.
    var settings: [Setting] {
        [
            Setting("--output", output, to: \.output),
            Setting(name) { $0.output = "\($0.numberedRuns)/\($1)" },
            Setting(resume.map(Resume.init), to: \.resume),
        ]
    }

    func validate() throws {
        for setting in settings { try setting.check() }
        try OptionCheck.requireNames([("--resume", resume)])
        guard let name else { return }
        if output != nil {
            throw ValidationError("--name and --output both say where the run goes; leave one of the two out")
        }
        guard name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }), name.contains(where: \.isLetter)
        else {
            throw ValidationError(
                "--name is \(name.quotable()); give letters, digits, -, _ and ., and at least one letter, since numbers are given "
                    + "to runs without a name")
        }
    }
}
