// `convlstm-dist bench`: how fast training is on this machine, and why.

import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures training steps, or shows how a model's convolutions are computed.",
        subcommands: [BenchStepCommand.self, BenchPlanCommand.self])
}
