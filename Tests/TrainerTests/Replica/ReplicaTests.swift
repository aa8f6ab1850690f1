import Supervision
import Distribution
import DataLoading
import Configuration
import Collectives
import Kernels
import Model
import Shards
import Testing
import TrainingTestSupport
import Trainer

/// Virtual ranks of one rank with one thread and with several.
@Suite struct ReplicaTests {
    /// The results of eight virtual ranks for a batch: bit patterns of loss, gradient, moving averages and
    /// validation losses.
    private struct Found: Equatable {
        var loss: UInt64
        var gradient, averages: [UInt32]
        var validation: [UInt64]
    }

    private func network(normalized: Bool) throws -> PreparedNetwork<Float> {
        var layers = [LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3, forgetBias: 1)))]
        if normalized { layers.append(LayerDescription("norm", .batchNormalization(BatchNormalizationDescription()))) }
        let readout = [LayerDescription("readout", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))]
        let network = try Network<Float>(
            NetworkDescription(encoder: layers, readout: readout), frame: exampleFrame)
        let values = ParameterVector<Float>(network.layout)
        values.initialize(seed: 3)
        return network.prepare(values)
    }

    private func found(
        _ batch: [Int], of usual: Int, virtualRanks count: Int, threads: Int, normalized: Bool,
        source: any SequenceSource = ExampleSource(count: 20)
    ) throws -> Found {
        var model = Presets.small
        model.sequences = SequenceDescription(inputFrames: 3, outputFrames: 3, forecastOffset: 1)
        let weights = try network(normalized: normalized), virtualRanks = try VirtualRanks(count, threads: threads)
        let plan = StepPlan(
            system: model, network: weights.network, virtualRanks: virtualRanks,
            shares: RankShares(virtualRanks, batch: usual, isWhole: normalized), source: source,
            scale: ValueScale(source.valueRange, maxValue: 1))
        let step = try TrainingStep(plan, on: plan.threadPool(), SoloCommunicator())
        // Two steps, to check that nothing of the first remains in the second.
        let reversed = Batch(batch.reversed().map(SequenceID.init), of: virtualRanks)
        _ = try step.computeGradient(of: reversed, weights, step: 0, PhaseTimes())
        let whole = try step.computeGradient(
            of: Batch(batch.map(SequenceID.init), of: virtualRanks), weights, step: 1, PhaseTimes()
        ).found
        let blocks = ValidationBlocks(3..<12, of: step.replica.microBatchSize, rank: 0, ranks: 1)
        let validation = try step.replica.losses(of: blocks, weights)
        return Found(
            loss: whole.loss.value.bitPattern, gradient: bits(whole.gradient.flat),
            averages: bits(weights.network.statistics.flat),
            validation: validation.map(\.bitPattern))
    }

    private func bits(_ tensor: Tensor<Float>) -> [UInt32] {
        let numbers = tensor.span
        return numbers.indices.map { numbers[$0].bitPattern }
    }

    /// A whole batch, and one in which some virtual ranks have no sequences.
    @Test(arguments: [false, true], [[4, 0, 7, 19, 2, 5, 11, 3, 3, 12, 6], [8, 1, 13]])
    func threadsChangeNoBit(normalized: Bool, batch: [Int]) throws {
        let alone = try found(batch, of: 11, virtualRanks: 8, threads: 1, normalized: normalized)
        #expect(alone.gradient.contains { $0 != 0 } && alone.averages.isEmpty == !normalized)
        for threads in [2, 3, 5, 8] {
            #expect(
                try found(batch, of: 11, virtualRanks: 8, threads: threads, normalized: normalized) == alone,
                "\(threads)")
        }
    }

    /// Virtual ranks round in another order than the whole batch, and agree except for that.
    @Test(arguments: [false, true]) func virtualRanksFindTheGradientOfTheWhole(normalized: Bool) throws {
        let batch = [4, 0, 7, 19, 2, 5, 11]
        func numbers(_ virtualRanks: Int) throws -> (loss: Double, gradient: [Float], averages: [Float]) {
            let found = try found(batch, of: 7, virtualRanks: virtualRanks, threads: 1, normalized: normalized)
            return (
                Double(bitPattern: found.loss), found.gradient.map(Float.init(bitPattern:)),
                found.averages.map(Float.init(bitPattern:))
            )
        }
        let whole = try numbers(1), virtualRanks = try numbers(5)
        #expect(abs(whole.loss - virtualRanks.loss) < 1e-6 * whole.loss && whole.gradient != virtualRanks.gradient)
        let scale = whole.gradient.map(abs).max()!
        #expect(zip(whole.gradient, virtualRanks.gradient).allSatisfy { abs($0 - $1) < 1e-5 * scale })
        #expect(zip(whole.averages, virtualRanks.averages).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// A sequence that cannot be read ends the step, whichever thread reads it and whichever waits.
    @Test(arguments: [false, true], [1, 2, 4]) func anErrorOfOneThreadEndsTheStep(normalized: Bool, threads: Int) {
        for unreadable in [0, 7, 3] {
            #expect(throws: TrainingError("sequence \(unreadable) is damaged")) {
                try found(
                    [0, 1, 2, 3, 4, 5, 6, 7], of: 8, virtualRanks: 4, threads: threads, normalized: normalized,
                    source: DamagedSource(unreadable))
            }
        }
    }
}

/// The example's sequences, one of which cannot be read.
private struct DamagedSource: SequenceSource {
    private let whole = ExampleSource(count: 20)
    private let damaged: Int

    init(_ damaged: Int) { self.damaged = damaged }

    var geometry: SequenceGeometry { whole.geometry }
    var count: Int { whole.count }
    var valueRange: ClosedRange<Float> { whole.valueRange }

    func read(sequence: Int, into values: inout MutableSpan<Float>) throws {
        if sequence == damaged { throw TrainingError("sequence \(sequence) is damaged") }
        whole.read(sequence: sequence, into: &values)
    }
}
