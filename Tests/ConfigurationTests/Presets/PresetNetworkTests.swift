import Configuration
import Kernels
import Model
import NetworkTestSupport
import Testing

/// The networks of the presets: their convolution algorithms and their memory.
@Suite struct PresetNetworkTests {
    /// The layers of the reference systems are wide, on maps of 16 x 16 and more.
    @Test(arguments: Presets.all) func presetsUseWinograd(system: SystemDescription) throws {
        let network = try Network<Float>(system.network, frame: system.sequences.generator.frame)
        let plans = network.convolutionPlans(Unrolling(system.sequences))
        #expect(!plans.isEmpty && plans.allSatisfy { $0.plan.algorithm == .winograd })
        #expect(plans.allSatisfy { $0.plan.winograd!.multiplyAdds < Double($0.plan.directMultiplyAdds) })
    }

    /// Other convolutions use it where both sides have many channels, and not where a kernel of 3 x 3 would become one of
    /// 4 x 4.
    @Test(arguments: [
        ("mindspore-ed", ["dn_conv1", "dn_conv2", "dn_conv3"]), ("nowcast", ["down2", "up2"]), ("pytorch-seq2seq", []),
    ]) func convolutionsWithoutStatesUseItWhereItPays(name: String, layers: [String]) throws {
        let system = try #require(Presets.all.first { $0.name == name })
        let network = try Network<Float>(system.network, frame: system.sequences.generator.frame)
        #expect(network.winogradConvolutions == layers)
    }

    /// A layer that reads no hidden state, and one without input, list only the convolutions that they compute.
    @Test func onlyWhatIsComputedCounts() throws {
        let scene = Presets.neuralScene
        let network = try Network<Float>(scene.network, frame: scene.sequences.generator.frame)
        let plans = network.convolutionPlans(Unrolling(scene.sequences)).map(\.plan)
        #expect(plans.map(\.shape.isRecurrent) == [true, true, true, false, false, false])
        let total = plans.reduce(0) { $0 + $1.shape.multiplyAdds * scene.sequences.outputFrames }
        let readout = 16 * 16 * 256 * 16 * scene.sequences.outputFrames
        #expect(network.multiplyAdds(Unrolling(scene.sequences)) == total + readout)
        let small = Presets.small
        let forecaster = try Network<Float>(small.network, frame: small.sequences.generator.frame)
            .convolutionPlans(Unrolling(small.sequences))[3]
        #expect(forecaster.layer == "forecaster1" && forecaster.plan.shape.inputChannels == 0)
    }

    /// Forecasts of a system are those of the forward pass that it is trained with. BLAS multiplies one image of a forecast and
    /// many of a batch, for which it may take kernels that round differently; normalized gates amplify that most.
    @Test(arguments: Presets.all) func presetsForecastAsTheyTrain(system: SystemDescription) throws {
        let description = system.network.shrunk(by: 8),
            side = FeatureShape(
                height: 32, width: 32, channels: system.sequences.generator.frame.channels)
        let trained = try Network<Float>(description, frame: side)
        let lean = try Network<Float>(description, frame: side, for: .forecasts)
        let values = ParameterVector<Float>(trained.layout)
        values.initialize(seed: 3)
        let sequences = system.sequences,
            unrolling = Unrolling(
                trained, inputFrames: sequences.inputFrames, forecasting: sequences.forecastFrames,
                forecastOffset: sequences.firstForecast)
        let unrolled = try UnrolledNetwork(trained, batch: 3, unrolling)
        let forecast = try ForecastNetwork(lean, batch: 3, unrolling)
        fill(forecast.input, seed: 4)
        unrolled.input[0..<sequences.inputFrames].copy(from: forecast.input)
        unrolled.forward(trained.prepare(values))
        forecast.forward(lean.prepare(values))
        let difference = zip(numbers(forecast.output), numbers(unrolled.output)).map { abs($0 - $1) }.max() ?? .infinity
        let largest = numbers(unrolled.output).map { abs($0) }.max() ?? 0
        #expect(largest > 0 && difference <= 1e-4 * largest, "\(difference / largest)")
        #expect(try 2 * lean.forecastMemory(batch: 3, unrolling) < trained.memory(batch: 3, unrolling))
    }

    /// The predicted memory of a batch is what its unrolled network allocates.
    @Test func memoryIsKnownBeforeItIsTaken() throws {
        let frame = FeatureShape(height: 64, width: 64, channels: 1)
        for preset in Presets.all {
            let network = try Network<Float>(preset.network, frame: frame)
            let stated = try network.memory(batch: 3, Unrolling(inputFrames: 10, outputFrames: 10, forecastOffset: 10))
            let held = bytesHeld(
                by: try UnrolledNetwork(
                    network, batch: 3, Unrolling(inputFrames: 10, outputFrames: 10, forecastOffset: 10)))
            #expect(abs(Double(stated) / Double(held) - 1) < 0.01, "\(preset.name): \(stated) stated, \(held) held")
        }
    }
}
