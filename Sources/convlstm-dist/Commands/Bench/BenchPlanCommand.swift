// `convlstm-dist bench plan`: the convolution algorithm of each ConvLSTM layer, and the expected cost of both
// algorithms. The choice: the plans are those of a network that was built, so they are the ones used in training.

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
            alone, never on this machine or its ranks; `bench step --convolution im2col` measures the other algorithm.

            Example: convlstm-dist bench plan mindspore-ed
            """)

    @OptionGroup var model: BenchModelOptions

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func run() throws {
        try OneProcess.require(for: "bench plan")
        let results = try PlanResults(model.system(), model.convolution)
        if json { try printJSON(results) } else { show(results) }
    }

    private func show(_ results: PlanResults) {
        var table = Table(
            [
                "layer", "map", "kernel", "channels", "algorithm", "direct GFLOP", "Winograd GFLOP", "im2col ms",
                "winograd ms",
            ],
            alignments: [.left, .left, .left, .right, .left, .right, .right, .right, .right])
        for it in results.layers {
            table.add([
                it.layer, "\(it.map)", "\(it.kernel) x \(it.kernel)", "\(it.inputChannels) + \(it.hiddenChannels)",
                it.algorithm.rawValue, String(format: "%.4f", it.directGflop), number(it.winograd.map(gigaflops)),
                number(milliseconds(it.im2col)), number(it.winograd.map(milliseconds)),
            ])
        }
        StandardOutput.print(table)
        if !results.winogradConvolutions.isEmpty {
            StandardOutput.print(
                "Other convolutions by Winograd: \(results.winogradConvolutions.joined(separator: ", ")).")
        }
        StandardOutput.print(
            String(
                format:
                    "A sequence takes %.2f GFLOP of training, counted as direct convolution; ConvLSTM layers %.1f %%.",
                results.sequenceGflop, 100 * results.layersShare))
        StandardOutput.print("Memory of a batch of \(results.batch): \(inGigabytes(results.activationBytes)).")
    }

    private func gigaflops(_ cost: ConvolutionCost) -> Double { 2e-9 * cost.multiplyAdds }
    private func milliseconds(_ cost: ConvolutionCost) -> Double { 1e3 * cost.seconds }

    /// Formats a value; blank if there is no such algorithm.
    private func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "" }
}

/// The results of `bench plan`; as JSON, in snake case.
private struct PlanResults: Encodable {
    let model: String

    /// The model's batch size, and the bytes of its activations with everything that both passes need.
    let batch, activationBytes: Int

    /// The work of a sequence in training, over all layers, counted as direct convolution.
    let sequenceGflop: Double

    let layers: [LayerResults]

    /// The layers without states that convolve by Winograd transforms too.
    let winogradConvolutions: [String]

    init(_ system: SystemDescription, _ convolution: ConvolutionAlgorithm) throws {
        let network = try Network<Float>(
            system.network, frame: system.sequences.generator.frame, convolution: convolution)
        let unrolling = Unrolling(system.sequences)
        (model, batch) = (system.name, system.batchSize)
        activationBytes = try network.memory(batch: batch, unrolling)
        sequenceGflop = 6e-9 * Double(network.multiplyAdds(unrolling))
        layers = network.convolutionPlans(unrolling).map(LayerResults.init)
        winogradConvolutions = network.winogradConvolutions
    }

    /// The ConvLSTM layers' fraction of a sequence's work.
    var layersShare: Double { layers.reduce(0) { $0 + Double($1.steps) * $1.directGflop } / sequenceGflop }
}

/// A ConvLSTM layer's plan. Work and times are per step and sequence.
private struct LayerResults: Encodable {
    let layer: String

    /// The number of time steps per sequence.
    let steps: Int

    /// Height and width of the feature maps.
    let map: String

    let kernel: Int

    /// The numbers of channels that are convolved; 0 where there is nothing to convolve.
    let inputChannels, hiddenChannels: Int

    let algorithm: ConvolutionAlgorithm
    let directGflop: Double
    let im2col: ConvolutionCost

    /// The cost of Winograd convolution; omitted if there is no algorithm for the kernel.
    let winograd: ConvolutionCost?

    init(layer: String, steps: Int, plan: ConvolutionPlan) {
        let shape = plan.shape
        (self.layer, self.steps) = (layer, steps)
        (map, kernel) = ("\(shape.height) x \(shape.width)", shape.kernel)
        (inputChannels, hiddenChannels) = (shape.inputChannels, shape.isRecurrent ? shape.hidden : 0)
        (algorithm, im2col, winograd) = (plan.algorithm, plan.im2col, plan.winograd)
        directGflop = 2e-9 * Double(plan.directMultiplyAdds)
    }
}
