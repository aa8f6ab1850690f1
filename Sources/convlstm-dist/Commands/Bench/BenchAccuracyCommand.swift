// `convlstm-dist bench accuracy`: the rounding error of a training step against double precision.

import Configuration
import Diagnostics
import ArgumentParser
import CommandSupport
import Foundation
import Model
import Platform
import Reports

struct BenchAccuracyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
        abstract: "Compares outputs and gradients of a step on noise with double precision.",
        discussion: """
            Deviations are root mean squares of differences over that of the true values. Beside the algorithm that \
            trains stands im2col in single precision.

            Example: convlstm-dist bench accuracy keras-stack
            """)

    @OptionGroup var model: BenchModelOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("Sequences.", valueName: "n"))
    var batch = 1

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func validate() throws { try OptionCheck.require(batch, in: 1...1000, "--batch") }

    func run() throws {
        try OneProcess.require(for: "bench accuracy")
        let system = try model.system(), convolution = model.convolution
        let measured = try AccuracyMeasurement.measured(system, batch: batch, convolution: convolution)
        if json {
            return try printJSON(AccuracyResults(model: system.name, convolution: convolution, measured: measured))
        }
        var table = Table(["tensor", convolution.rawValue, "im2col"], alignments: [.left, .right, .right])
        for it in measured.deviations {
            table.add([it.name, String(format: "%.1e", it.measured), String(format: "%.1e", it.im2col)])
        }
        StandardOutput.print(table)
    }
}

/// The results as JSON, in snake case.
private struct AccuracyResults: Encodable {
    let model, algorithm: String
    let deviations: [Row]

    struct Row: Encodable {
        let name: String
        let deviation, im2colDeviation: Double
    }

    init(model: String, convolution: ConvolutionAlgorithm, measured: AccuracyMeasurement) {
        (self.model, algorithm) = (model, convolution.rawValue)
        deviations = measured.deviations.map { Row(name: $0.name, deviation: $0.measured, im2colDeviation: $0.im2col) }
    }
}
