import Configuration
import Foundation
import Kernels
import Model
import NetworkTestSupport
import Testing

/// The presets compared with the published numbers of their systems.
@Suite struct PresetTests {
    private let frame = FeatureShape(height: 64, width: 64, channels: 1)

    @Test func neuralSceneHasThePublishedTensors() throws {
        let network = try Network<Float>(Presets.neuralScene.network, frame: frame)
        #expect(network.layout.count == 8_386_576)
        #expect(network.layout.slots.count == 92)
        let layers = [
            "enco_cl1": 1_942_016, "enco_cl2": 1_278_208, "enco_cl3": 868_608, "fore_cl1": 2_556_416,
            "fore_cl2": 868_608, "fore_cl3": 868_608, "finl_predict": 4_112,
        ]
        for (name, count) in layers {
            let slots = network.layout.slots.filter { $0.name.hasPrefix(name + ".") }
            #expect(slots.reduce(0) { $0 + $1.count } == count, "\(name)")
            #expect(slots.count == (name == "finl_predict" ? 2 : 15), "\(name)")
        }
        #expect(
            network.multiplyAdds(Unrolling(inputFrames: 10, outputFrames: 10, forecastOffset: 10)) == 14_166_261_760)
    }

    @Test(arguments: Presets.all) func aSummaryFitsOnALine(preset: SystemDescription) {
        #expect((20...100).contains(preset.summary.count), "\(preset.summary)")
    }

    /// The forecasters read no hidden state, so its kernels get no gradient.
    @Test func neuralScenesUnusedKernelsGetNoGradient() throws {
        let network = try Network<Float>(Presets.neuralScene.network, frame: frame)
        let unrolled = try UnrolledNetwork(
            network, batch: 1, Unrolling(inputFrames: 2, outputFrames: 2, forecastOffset: 2))
        let values = ParameterVector<Float>(network.layout), gradient = ParameterVector<Float>(network.layout)
        values.initialize(seed: 1)
        fill(unrolled.input, seed: 2, scale: 255)
        let weights = network.prepare(values)
        unrolled.forward(weights)
        fill(unrolled.outputGradient, seed: 3)
        unrolled.backward(accumulatingInto: gradient)
        for slot in network.layout.slots {
            let isUnused = slot.name.hasPrefix("fore_") && slot.name.hasSuffix("hidden.kernel")
            #expect((sumOfSquares(gradient[slot]) == 0) == isUnused, "\(slot.name)")
        }
    }

    @Test(arguments: Presets.all) func presetsSurviveAFile(preset: SystemDescription) throws {
        let data = try JSONEncoder().encode(preset)
        #expect(try JSONDecoder().decode(SystemDescription.self, from: data) == preset)
    }

    @Test(arguments: Presets.all) func presetsAreFoundByName(preset: SystemDescription) throws {
        #expect(try Presets.named(preset.name) == preset)
    }

    @Test func unknownNamesAreAnsweredWithTheKnownOnes() {
        let known = Presets.all.map(\.name).joined(separator: ", ")
        #expect(throws: ModelError("there is no model unet; choose one of: \(known)")) { try Presets.named("unet") }
        #expect(throws: ModelError("there is no model smal; did you mean small?")) { try Presets.named("smal") }
    }

    @Test func forecastsMayBeLongerThanTrained() throws {
        let network = try Network<Float>(Presets.small.network, frame: frame)
        let (short, long) = (
            try UnrolledNetwork(network, batch: 1, Unrolling(inputFrames: 10, outputFrames: 2, forecastOffset: 10)),
            try UnrolledNetwork(network, batch: 1, Unrolling(inputFrames: 10, outputFrames: 5, forecastOffset: 10))
        )
        let values = ParameterVector<Float>(network.layout)
        values.initialize(seed: 4)
        let weights = network.prepare(values)
        for unrolled in [short, long] {
            fill(unrolled.input, seed: 5)
            unrolled.forward(weights)
        }
        let (a, b) = (short.output.span, long.output.span)
        #expect(a.indices.allSatisfy { abs(a[$0] - b[$0]) < 1e-6 })
    }
}
