// `convlstm-dist bench`: how fast training and forecasts are on this machine, and why.

import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract:
            "Measures the speed, scaling and accuracy of training steps, the speed of forecasts, or shows how convolutions "
            + "are computed.",
        subcommands: [
            BenchStepCommand.self, BenchForecastCommand.self, BenchScalingCommand.self, BenchPlanCommand.self,
            BenchAccuracyCommand.self,
        ])
}
