import Kernels
import Model
import NetworkTestSupport
import Testing

/// A network that only forecasts computes what training's forward pass does, in less memory.
@Suite struct ForecastNetworkTests {
    private let frame = FeatureShape(height: 12, width: 12, channels: 1)

    private func cell(
        _ name: String, kernel: Int = 3, from: [String]? = nil, state: String? = nil,
        normalization: GateNormalization? = nil
    ) -> LayerDescription {
        LayerDescription(
            name, from: from,
            .convLSTM(
                ConvLSTMDescription(
                    hidden: 8, kernel: kernel, peepholes: .perPosition, normalization: normalization,
                    initialState: state)))
    }

    /// Every layer that keeps something for backward, in chains of which each link could take over memory of another.
    private var deep: NetworkDescription {
        NetworkDescription(
            encoder: [
                cell("a"), LayerDescription("n", .batchNormalization(BatchNormalizationDescription())),
                cell("b", from: ["a", "n"], normalization: .group(channels: 4)), cell("c", kernel: 1),
                LayerDescription("l", .leakyReLU(LeakyReLUDescription(slope: 0.2))),
                LayerDescription("d", .convolution(ConvolutionDescription(filters: 8, kernel: 3))),
            ],
            forecaster: [cell("e", state: "b"), cell("f", state: "a")],
            readout: [
                LayerDescription("s", .convolution(ConvolutionDescription(filters: 4, kernel: 3))),
                LayerDescription(
                    "o", from: ["s", "f"],
                    .convolution3D(Convolution3DDescription(filters: 1, kernel: 3, kernelTime: 3))),
            ])
    }

    private var outputsOfItsOwn: NetworkDescription {
        var it = deep
        it.forecasterInput = .lastHidden
        return it
    }

    private var framesOfItsOwn: NetworkDescription {
        NetworkDescription(
            encoder: [cell("a"), cell("b"), cell("c", from: ["a", "b"])],
            readout: [LayerDescription("o", .convolution(ConvolutionDescription(filters: 1, kernel: 3)))])
    }

    private func weights(
        _ description: NetworkDescription, _ algorithm: ConvolutionAlgorithm, for use: NetworkUse
    ) throws -> PreparedNetwork<Float> {
        let network = try Network<Float>(description, frame: frame, convolution: algorithm, for: use)
        let values = ParameterVector<Float>(network.layout)
        fill(values.flat, seed: 1, scale: 0.3)
        return network.prepare(values)
    }

    private func unrolling(_ network: Network<Float>) -> Unrolling {
        Unrolling(network, inputFrames: 4, forecasting: 3, forecastOffset: network.hasForecaster ? 4 : 1)
    }

    @Test(arguments: 0..<3)
    func aForecastHasTheBitsOfTrainingsForwardPass(kind: Int) throws {
        try forEachPass(.winograd, kind) { forecast, trained in #expect(numbers(forecast) == numbers(trained)) }
    }

    /// By im2col, training multiplies many images at once and a forecast one. OpenBLAS' kernels for AVX-512 round small products
    /// in a way of their own.
    @Test(arguments: 0..<3)
    func aForecastByIm2colIsTrainingsForwardPass(kind: Int) throws {
        let roundsAlike = !["SkylakeX", "Cooperlake", "SapphireRapids"].contains(BLASLibrary.core)
        try forEachPass(.im2col, kind) { forecast, trained in
            if roundsAlike { #expect(numbers(forecast) == numbers(trained)) }
            #expect(worstDifference(forecast, trained) < 1e-6)
        }
    }

    /// Two batches one after the other, since memory that is used again holds something else than zeros.
    private func forEachPass(
        _ algorithm: ConvolutionAlgorithm, _ kind: Int,
        _ body: (_ forecast: Tensor<Float>, _ trained: Tensor<Float>) -> Void
    ) throws {
        let description = [deep, outputsOfItsOwn, framesOfItsOwn][kind]
        let trained = try weights(description, algorithm, for: .training)
        let lean = try weights(description, algorithm, for: .forecasts)
        let unrolling = unrolling(trained.network)
        let unrolled = try UnrolledNetwork(trained.network, batch: 5, unrolling)
        let forecast = try ForecastNetwork(lean.network, batch: 5, unrolling)
        for seed in 2...3 {
            fill(forecast.input, seed: UInt64(seed))
            unrolled.input[0..<4].copy(from: forecast.input)
            unrolled.forward(trained)
            forecast.forward(lean)
            body(forecast.output, unrolled.output)
        }
    }

    @Test(arguments: [ConvolutionAlgorithm.im2col, .winograd], 0..<3)
    func noBitOfASequenceDependsOnItsBatch(algorithm: ConvolutionAlgorithm, kind: Int) throws {
        let weights = try weights([deep, outputsOfItsOwn, framesOfItsOwn][kind], algorithm, for: .forecasts)
        let unrolling = unrolling(weights.network)
        let together = try ForecastNetwork(weights.network, batch: 7, unrolling)
        let alone = try ForecastNetwork(weights.network, batch: 1, unrolling)
        fill(together.input, seed: 4)
        together.forward(weights)
        for sequence in 0..<7 {
            for t in 0..<4 { alone.input[t].copy(from: together.input[t][sequence]) }
            alone.forward(weights)
            for t in 0..<unrolling.outputFrames {
                #expect(numbers(alone.output[t]) == numbers(together.output[t][sequence]))
            }
        }
    }

    /// What is kept for backward, and its gradients, are most of the memory of training.
    @Test func forecastsTakeLessMemory() throws {
        let network = try Network<Float>(deep, frame: frame),
            long = Unrolling(
                inputFrames: 20, outputFrames: 20, forecastOffset: 20)
        let training = try network.memory(batch: 2, long), forecasts = try network.forecastMemory(batch: 2, long)
        #expect(forecasts * 5 < training, "\(forecasts) and \(training)")
        let weights = try [NetworkUse.training, .forecasts].map { use in
            try MemoryCount.bytes { try Network<Float>(framesOfItsOwn, frame: frame, convolution: .winograd, for: use) }
        }
        #expect(weights[1] * 3 < weights[0] * 2, "\(weights)")
    }

    /// Twice as many layers take no more memory between them.
    @Test func layersTakeOverTheMemoryOfEarlierOnes() throws {
        func chain(_ count: Int) throws -> Int {
            let layers = (0..<count).map {
                LayerDescription("layer\($0)", .convolution(ConvolutionDescription(filters: 16, kernel: 1)))
            }
            let readout = LayerDescription("o", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))
            let network = try Network<Float>(NetworkDescription(encoder: layers, readout: [readout]), frame: frame)
            return try network.forecastMemory(
                batch: 2, Unrolling(inputFrames: 4, outputFrames: 4, forecastOffset: 1))
        }
        #expect(try chain(8) == chain(2))
    }

    @Test func aNetworkForForecastsIsNotTrained() async {
        await #expect(processExitsWith: .failure) {
            let one = LayerDescription("o", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))
            let network = try Network<Float>(
                NetworkDescription(encoder: [], readout: [one]), frame: FeatureShape(height: 4, width: 4, channels: 1),
                for: .forecasts)
            _ = try UnrolledNetwork(
                network, batch: 1, Unrolling(inputFrames: 1, outputFrames: 1, forecastOffset: 1))
        }
    }
}
