import Configuration
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
