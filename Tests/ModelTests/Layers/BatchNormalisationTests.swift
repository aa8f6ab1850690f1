import Kernels
import Model
import NetworkTestSupport
import Testing

/// Batch normalisation: its adjoint, its moving averages, and a batch that lies on several ranks.
@Suite struct BatchNormalisationTests {
    private let frame = FeatureShape(height: 5, width: 3, channels: 2)

    private let description = NetworkDescription(
        encoder: [
            StageDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 17, kernel: 3))),
            StageDescription("norm", .batchNormalisation(BatchNormalisationDescription(momentum: 0.9, epsilon: 1e-3))),
            StageDescription("next", .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3))),
        ],
        readout: [StageDescription("readout", .convolution(ConvolutionDescription(filters: 2, kernel: 1)))])

    @Test func gradientsFlowThroughTheStatistics() throws {
        let checked = try CheckedNetwork(description, frame: frame)
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    /// After many passes over the same batch the averages are its statistics, so that a forecast is the training pass.
    @Test func forecastsUseTheMovingAverages() throws {
        let checked = try CheckedNetwork(description, frame: frame)
        checked.network.prepare(checked.values)
        checked.trace.forward()
        let before = copy(of: checked.trace.output)
        for _ in 0..<300 { checked.trace.forward(isTraining: true) }
        let trained = copy(of: checked.trace.output)
        checked.trace.forward()
        #expect(worstDifference(checked.trace.output, trained) < 1e-9)
        #expect(worstDifference(before, trained) > 1e-3)
    }

    @Test func theFirstUpdateOfTheAverages() throws {
        let network = try Network<Double>(
            NetworkDescription(
                encoder: [],
                readout: [StageDescription("norm", .batchNormalisation(BatchNormalisationDescription()))]),
            frame: FeatureShape(height: 1, width: 2, channels: 1))
        let trace = try NetworkTrace(network, batch: 2, Unrolling(inputFrames: 1, outputFrames: 1, lead: 1))
        var input = trace.input.mutableSpan
        for (place, value) in [1.0, 2, 4, 9].enumerated() { input[place] = value }
        let values = ParameterVector<Double>(network.layout)
        values.initialise(seed: 1)
        network.prepare(values)
        trace.forward(isTraining: true)
        let averages = numbers(network.statistics.flat), first = numbers(trace.output)[0]
        #expect(abs(averages[0] - 0.01 * 4) < 1e-12)
        #expect(abs(averages[1] - (0.99 + 0.01 * 9.5)) < 1e-12)
        #expect(abs(first + 3 / 9.501.squareRoot()) < 1e-12)
    }

    /// A rank whose sums are doubled by an equal one has the mean and variance of both together: its own.
    @Test func sumsOverRanksAreTheStatistics() throws {
        let checked = try CheckedNetwork(description, frame: frame), alone = copy(of: checked.trace.output)
        checked.network.prepare(checked.values)
        checked.trace.forward(isTraining: true)
        alone.copy(from: checked.trace.output)
        var passes = 0
        let shared = try NetworkTrace(checked.network, batch: 2, checked.trace.unrolling) { sums in
            passes += 1
            for i in sums.indices { sums[i] *= 2 }
        }
        shared.input.copy(from: checked.trace.input)
        shared.forward(isTraining: true)
        #expect(passes == 1 && worstDifference(shared.output, alone) < 1e-12)
    }
}
