// `convlstm-dist bench plan`: which way each ConvLSTM layer is convolved, and what both ways are expected to cost. The
// choice: the plans are those of a network that was built, so they are the ones that train.

import Configuration
import ArgumentParser
import CommandSupport
import Foundation
import Model
import Platform
import Reports

struct BenchPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows how the convolutions of each ConvLSTM layer are computed, and what that should cost.",
        discussion: """
            Work is that of one step of one sequence in training, forward and backward. The plan depends on the model \
            alone, never on this machine or its ranks; `bench step --convolution plain` measures the other way.
            """)

    @OptionGroup var model: BenchModelOptions

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() throws {
        try OneProcess.require(for: "bench plan")
        let figures = try PlanFigures(model.system(), model.convolution)
        if json { try printJSON(figures) } else { show(figures) }
    }

    private func show(_ figures: PlanFigures) {
        var table = Table(
            ["stage", "map", "kernel", "channels", "way", "direct GFLOP", "in points", "plain ms", "filtering ms"],
            alignments: [.left, .left, .left, .right, .left, .right, .right, .right, .right])
        for it in figures.layers {
            table.add([
                it.stage, "\(it.map)", "\(it.kernel) x \(it.kernel)", "\(it.inputChannels) + \(it.hiddenChannels)",
                it.way.rawValue, String(format: "%.4f", it.directGflop), number(it.filtering.map(gigaflops)),
                number(milliseconds(it.plain)), number(it.filtering.map(milliseconds)),
            ])
        }
        StandardOutput.print(table)
        StandardOutput.print(
            String(
                format:
                    "A sequence takes %.2f GFLOP of training, counted as direct convolution; ConvLSTM layers %.1f %%.",
                figures.sequenceGflop, 100 * figures.layersShare))
        StandardOutput.print("Memory of a batch of \(figures.batch): \(inGigabytes(figures.traceBytes)).")
    }

    private func gigaflops(_ cost: ConvolutionCost) -> Double { 2e-9 * cost.multiplyAdds }
    private func milliseconds(_ cost: ConvolutionCost) -> Double { 1e3 * cost.seconds }

    /// A blank where there is no such way.
    private func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "" }
}

/// What `bench plan` shows of a system; as JSON, in snake case.
private struct PlanFigures: Encodable {
    let model: String

    /// The model's own, and the bytes of its activations and all that both passes need.
    let batch, traceBytes: Int

    /// Of a sequence in training, all stages, counted as direct convolution.
    let sequenceGflop: Double

    let layers: [LayerFigures]

    init(_ system: SystemDescription, _ convolution: ConvolutionMethod) throws {
        let network = try Network<Float>(
            system.network, frame: system.sequences.generator.frame, convolution: convolution)
        let unrolling = Unrolling(system.sequences)
        (model, batch) = (system.name, system.batchSize)
        traceBytes = network.memory(batch: batch, unrolling)
        sequenceGflop = 6e-9 * Double(network.multiplyAdds(unrolling))
        layers = network.convolutionPlans(unrolling).map(LayerFigures.init)
    }

    /// The ConvLSTM layers' part of a sequence's work.
    var layersShare: Double { layers.reduce(0) { $0 + Double($1.steps) * $1.directGflop } / sequenceGflop }
}

/// A ConvLSTM layer's plan. Work and times are of one step of one sequence.
private struct LayerFigures: Encodable {
    let stage: String

    /// Of a sequence.
    let steps: Int

    /// Height and width of its feature maps.
    let map: String

    let kernel: Int

    /// That are convolved; 0 where there is nothing to convolve.
    let inputChannels, hiddenChannels: Int

    let way: ConvolutionMethod
    let directGflop: Double
    let plain: ConvolutionCost

    /// Left out where there is no algorithm for the kernel.
    let filtering: ConvolutionCost?

    init(stage: String, steps: Int, plan: ConvolutionPlan) {
        let shape = plan.shape
        (self.stage, self.steps) = (stage, steps)
        (map, kernel) = ("\(shape.height) x \(shape.width)", shape.kernel)
        (inputChannels, hiddenChannels) = (shape.inputChannels, shape.carriesHidden ? shape.hidden : 0)
        (way, plain, filtering) = (plan.way, plan.plain, plan.filtering)
        directGflop = 2e-9 * Double(plan.directMultiplyAdds)
    }
}
