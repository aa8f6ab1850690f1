// `convlstm-dist train`. The choice: an option is absent unless given, so that only the configuration has
// defaults.

import Supervision
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Kernels
import Model
import Platform
import Reports
import RunReports
import Trainer
import Version

struct TrainCommand: ParsableCommand {
    /// Options as other trainers call them.
    static let namesElsewhere = ["--lr": "--learning-rate", "--output-dir": "--output", "--pretrained": "--weights"]

    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a network, or goes on with a run.",
        discussion: """
            Values come from the model, then from the --config file, then from the options here, and from --set. The run's folder \
            gets config.yaml, metrics.csv (one row per step), validation.csv, log.txt and checkpoints/.

            Example: mpirun -np 8 convlstm-dist train --model nowcast --data radar.shards --steps 2000
            """)

    @OptionGroup(title: "WHAT TO TRAIN") var system: TrainedSystemOptions
    @OptionGroup(title: "THE RUN'S FOLDER") var place: RunPlaceOptions
    @OptionGroup(title: "CHECKPOINTS AND VALIDATION") var recording: RecordingOptions
    @OptionGroup(title: "RANKS, THREADS AND MEMORY") var parallel: ParallelOptions
    @OptionGroup(title: "SAFEGUARDS") var safeguards: SafeguardOptions

    @Flag(help: "Tell only of warnings and errors; log.txt has the rest.")
    var quiet = false

    @Flag(help: "Tell of each step: loss, learning rate, gradient norm, and the time of each phase.")
    var verbose = false

    @Flag(help: "Print the complete configuration, which --config takes back, and do nothing else.")
    var printConfig = false

    func validate() throws {
        if quiet && verbose {
            throw ValidationError("--quiet and --verbose say the opposite; leave one of the two out")
        }
    }

    func run() throws {
        if printConfig {
            let yaml = try resolved().yaml
            return OneProcess.speak { StandardOutput.print(yaml, terminator: "") }
        }
        let start = now()
        StopSignal.listen(to: StopSignal.announcing)
        let stopped = try runOnEveryRank(
            exitCode: processExitCode(of:), isAskedToEnd: { StopSignal.isAskedToEnd }
        ) { communicator in
            try TrainingRun.train(
                on: communicator, since: start, sources: Version.sources,
                program: ProgramVersion.line, force: place.force,
                verbosity: quiet ? .quiet : verbose ? .verbose : .normal, report: Self.report, resolved)
        }
        // The run has already reported why.
        if let stopped { throw ExitCode(stopped.reason.exitCode) }
    }

    /// Writes report.html into a run's folder, and returns what draws its forecasts.
    private static func report(on run: String, isFinal: Bool) throws -> () -> [ReportPicture] {
        let report = try RunReport(of: run, isEnding: isFinal, on: ThreadPool(1))
        try report.write(to: RunReport.path(in: run))
        return { report.pictures }
    }

    private func resolved() throws -> TrainingConfiguration {
        guard system.steps == nil || system.epochs == nil else {
            throw TrainingError.usage("--steps and --epochs both say how long to train; leave one of the two out")
        }
        return try TrainingConfiguration.resolved(
            model: system.model, file: system.config, options: apply, keys: system.keys.map(KeyAssignment.init))
    }

    private func apply(to configuration: inout TrainingConfiguration) {
        // The name of a run's folder is under that of its model, whatever order the options have.
        let settings =
            system.settings + recording.settings + parallel.settings + safeguards.settings + place.settings
        for setting in settings { setting.apply(&configuration) }
    }
}
