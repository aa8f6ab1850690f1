import Kernels
import Model
import NetworkTestSupport
import Testing

/// Tests of batch normalization: its adjoint, its moving averages, and a batch distributed over several ranks.
@Suite struct BatchNormalizationTests {
    private let frame = FeatureShape(height: 5, width: 3, channels: 2)

    private let description = NetworkDescription(
        encoder: [
            LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 17, kernel: 3))),
            LayerDescription("norm", .batchNormalization(BatchNormalizationDescription(momentum: 0.9, epsilon: 1e-3))),
            LayerDescription("next", .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3))),
        ],
        readout: [LayerDescription("readout", .convolution(ConvolutionDescription(filters: 2, kernel: 1)))])

    @Test func gradientsFlowThroughTheStatistics() throws {
        let checked = try CheckedNetwork(description, frame: frame)
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    /// After many passes over the same batch the averages are its statistics, so that a forecast equals the training
    /// pass.
    @Test func forecastsUseTheMovingAverages() throws {
        let checked = try CheckedNetwork(description, frame: frame)
        let weights = checked.network.prepare(checked.values)
        checked.unrolled.forward(weights)
        let before = copy(of: checked.unrolled.output)
        for _ in 0..<300 { checked.unrolled.forward(weights, isTraining: true) }
        let trained = copy(of: checked.unrolled.output)
        checked.unrolled.forward(weights)
        #expect(worstDifference(checked.unrolled.output, trained) < 1e-9)
        #expect(worstDifference(before, trained) > 1e-3)
    }

    @Test func theFirstUpdateOfTheAverages() throws {
        let network = try Network<Double>(
            NetworkDescription(
                encoder: [],
                readout: [LayerDescription("norm", .batchNormalization(BatchNormalizationDescription()))]),
            frame: FeatureShape(height: 1, width: 2, channels: 1))
        let unrolled = try UnrolledNetwork(
            network, batch: 2, Unrolling(inputFrames: 1, outputFrames: 1, forecastOffset: 1))
        var input = unrolled.input.mutableSpan
        for (place, value) in [1.0, 2, 4, 9].enumerated() { input[place] = value }
        let values = ParameterVector<Double>(network.layout)
        values.initialize(seed: 1)
        let weights = network.prepare(values)
        unrolled.forward(weights, isTraining: true)
        let averages = numbers(network.statistics.flat), first = numbers(unrolled.output)[0]
        #expect(abs(averages[0] - 0.01 * 4) < 1e-12)
        #expect(abs(averages[1] - (0.99 + 0.01 * 9.5)) < 1e-12)
        #expect(abs(first + 3 / 9.501.squareRoot()) < 1e-12)
    }

    /// A rank whose sums are doubled by an identical rank gets the mean and variance of both together, which are its
    /// own.
    @Test func sumsOverRanksAreTheStatistics() throws {
        let checked = try CheckedNetwork(description, frame: frame), alone = copy(of: checked.unrolled.output)
        let weights = checked.network.prepare(checked.values)
        checked.unrolled.forward(weights, isTraining: true)
        alone.copy(from: checked.unrolled.output)
        var passes = 0
        let shared = try UnrolledNetwork(checked.network, batch: 2, checked.unrolled.unrolling) { sums in
            passes += 1
            for i in sums.indices { sums[i] *= 2 }
        }
        shared.input.copy(from: checked.unrolled.input)
        shared.forward(weights, isTraining: true)
        #expect(passes == 1 && worstDifference(shared.output, alone) < 1e-12)
    }
}
