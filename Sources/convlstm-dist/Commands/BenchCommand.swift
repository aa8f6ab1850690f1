// `convlstm-dist bench`: how fast training is on this machine, and why.

import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the speed, scaling and accuracy of training steps, or shows how convolutions are computed.",
        subcommands: [
            BenchStepCommand.self, BenchScalingCommand.self, BenchPlanCommand.self, BenchAccuracyCommand.self,
        ])
}
