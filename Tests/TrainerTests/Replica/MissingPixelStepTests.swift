import Collectives
import Configuration
import DataLoading
import Distribution
import Kernels
import Model
import Shards
import Supervision
import Testing
import TrainingTestSupport
import Trainer

/// Training steps over sequences of which many pixels are missing, unevenly among virtual ranks.
@Suite struct MissingPixelStepTests {
    /// The example sequences with a share of their pixels missing: 99 % in every third sequence, a few in the others.
    private struct Holey: SequenceSource {
        let whole = ExampleSource(count: 12)
        var allMissing = false
        let mayMiss = true
        var geometry: SequenceGeometry { whole.geometry }
        var count: Int { whole.count }
        var valueRange: ClosedRange<Float> { whole.valueRange }

        func read(sequence: Int, into values: inout MutableSpan<Float>) {
            whole.read(sequence: sequence, into: &values)
            for i in values.indices {
                let isMissing = sequence.isMultiple(of: 3) ? i % 100 != 7 : i.isMultiple(of: 9)
                if isMissing || allMissing { values[i] = .nan }
            }
        }
    }

    private let sequences = [0, 1, 2, 3, 4, 5]

    private func step(
        _ loss: Loss, virtualRanks count: Int = 1, threads: Int = 1, of source: Holey = Holey()
    ) throws -> (found: BatchGradient, clipping: Clipping) {
        var model = Presets.small
        model.sequences = SequenceDescription(inputFrames: 2, outputFrames: 2)
        model.loss = loss
        let weights = try exampleNetwork(oneOutputPerInput: false)
        let virtualRanks = try VirtualRanks(count, threads: threads)
        let plan = StepPlan(
            system: model, network: weights.network, virtualRanks: virtualRanks,
            shares: RankShares(virtualRanks, batch: sequences.count), source: source,
            scale: ValueScale(source.valueRange, maxValue: 1))
        let step = try TrainingStep(plan, on: plan.threadPool(), SoloCommunicator())
        let batch = Batch(sequences.map { SequenceID($0) }, of: virtualRanks)
        return try step.computeGradient(of: batch, weights, step: 0, PhaseTimes())
    }

    /// The pixels of the two target frames of all sequences, and those of them that are there.
    private var counts: (all: Int, valid: Int) {
        let frame = Holey().geometry.frameElements, source = Holey()
        var valid = 0
        for sequence in sequences {
            var values = [Float](repeating: 0, count: source.geometry.elements), span = values.mutableSpan
            source.read(sequence: sequence, into: &span)
            valid += values[2 * frame..<4 * frame].count { !$0.isNaN }
        }
        return (sequences.count * 2 * frame, valid)
    }

    /// The mean is over what is there in the whole batch: the sum of a frame divided by another number.
    @Test(arguments: [1, 3, 6]) func aMeanDividesByThePixelsOfTheGlobalBatch(virtualRanks: Int) throws {
        let mean = try step(.meanSquaredError, virtualRanks: virtualRanks).found
        let sum = try step(Loss(error: .squared, reduction: .frameSum), virtualRanks: virtualRanks).found
        #expect(mean.loss.valid == counts.valid && counts.valid < counts.all * 2 / 3)
        let factor = Double(sequences.count * 2) / Double(counts.valid)
        #expect(abs(mean.loss.value - sum.loss.value * factor) < 1e-9 * mean.loss.value)
        let (a, b) = (mean.gradient.flat.span, sum.gradient.flat.span), largest = a.indices.map { abs(a[$0]) }.max()!
        #expect(largest > 0)
        for i in a.indices { #expect(abs(a[i] - Float(factor) * b[i]) < 1e-5 * largest) }
    }

    @Test(arguments: [1, 2, 3]) func threadsChangeNoBit(threads: Int) throws {
        func bits(_ threads: Int) throws -> [UInt32] {
            let found = try step(.meanSquaredError, virtualRanks: 3, threads: threads).found
            let span = found.gradient.flat.span
            return span.indices.map { span[$0].bitPattern } + [UInt32(truncatingIfNeeded: found.loss.value.bitPattern)]
        }
        #expect(try bits(threads) == bits(1))
    }

    @Test(arguments: Loss.Reduction.allCases) func whereAllIsMissingNothingIsLearned(reduction: Loss.Reduction) throws {
        let source = Holey(allMissing: true)
        let (found, clipping) = try step(Loss(error: .squared, reduction: reduction), virtualRanks: 3, of: source)
        let span = found.gradient.flat.span
        #expect(found.loss == LossSum() && span.indices.allSatisfy { span[$0] == 0 } && clipping.norm == 0)
    }
}
