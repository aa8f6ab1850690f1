import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Kernels
import Model
import Testing
import TrainingTestSupport
import Trainer

/// Gradient accumulation over micro-batches, compared with the whole batch at once.
@Suite struct AccumulationTests {
    private let sequences = [3, 0, 7, 5, 1]

    private func learned(_ loss: Loss, parts: Int) throws -> BatchGradient {
        var model = Presets.small
        model.sequences = SequenceDescription(inputFrames: 2, outputFrames: 2)
        model.loss = loss
        let weights = try exampleNetwork(oneOutputPerInput: false), virtualRanks = try VirtualRanks()
        let source = ExampleSource(count: 8)
        let plan = StepPlan(
            system: model, network: weights.network, virtualRanks: virtualRanks,
            shares: RankShares(virtualRanks, batch: sequences.count, parts: parts), source: source,
            scale: ValueScale(source.valueRange, maxValue: 1))
        let step = try TrainingStep(plan, on: plan.threadPool(), SoloCommunicator())
        let batch = Batch(sequences.map(SequenceID.init), of: virtualRanks)
        return try step.computeGradient(of: batch, weights, step: 0, PhaseTimes()).found
    }

    @Test(arguments: [Loss.meanSquaredError, .binaryCrossEntropy, .halvedSumOfSquares], [2, 3, 5])
    func partsGiveTheGradientOfTheWhole(loss: Loss, parts: Int) throws {
        let (whole, parts) = (try learned(loss, parts: 1), try learned(loss, parts: parts))
        #expect(abs(whole.loss.value - parts.loss.value) < 1e-6 * whole.loss.value)
        let (a, b) = (whole.gradient.flat.span, parts.gradient.flat.span)
        let largest = a.indices.map { abs(a[$0]) }.max() ?? 0
        #expect(largest > 0)
        for i in a.indices { #expect(abs(a[i] - b[i]) < 1e-6 * largest) }
    }
}
