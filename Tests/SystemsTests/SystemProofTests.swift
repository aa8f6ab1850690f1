import Configuration
import Foundation
import Kernels
import Model
import NetworkTestSupport
import Testing
import Trainer

/// Every reference model in a small form, compared with the framework in which it was published, from the same
/// parameters: the output of every layer, the loss, the gradient of every tensor, and ten steps of its own
/// training.
@Suite struct SystemProofTests {
    static let systems = [
        "neural-scene", "keras-stack", "keras-encdec", "pytorch-seq2seq", "mindspore-ed", "mindspore-ed-upstream",
        "openstl-convlstm-s", "shi2015",
    ]

    @Test(arguments: systems, ConvolutionAlgorithm.allCases)
    func layers(name: String, convolution: ConvolutionAlgorithm) throws {
        let proof = try Proof(name, convolution)
        _ = proof.evaluate()
        let layers = proof.fixture.names("output/")
        #expect(layers == Set(proof.network.layerNames), "a fixture has the output of every layer")
        for layer in layers {
            let error = try relativeError(proof.unrolled.output(of: layer)!, proof.fixture["output/" + layer]!)
            #expect(error < 1e-4, "\(layer)")
        }
    }

    @Test(arguments: systems, ConvolutionAlgorithm.allCases)
    func gradients(name: String, convolution: ConvolutionAlgorithm) throws {
        let proof = try Proof(name, convolution)
        let loss = proof.evaluate(), expected = proof.fixture.facts.loss
        #expect(abs(loss - expected) < 1e-5 * expected)
        let names = proof.fixture.names("gradient/")
        #expect(names == Set(proof.network.layout.slots.map(\.name)), "a fixture has the gradient of every tensor")
        for slot in proof.network.layout.slots {
            let error = try relativeError(proof.gradient[slot], proof.fixture["gradient/" + slot.name]!)
            #expect(error < 1e-4, "\(slot.name)")
        }
    }

    /// Adam's first updates are the signs of the gradient. Elements near zero, whose sign depends on rounding, thus
    /// move by twice the learning rate: with the larger rounding error of Winograd convolution neural-scene's
    /// losses agree to 1e-3.
    @Test(arguments: systems, ConvolutionAlgorithm.allCases)
    func tenLosses(name: String, convolution: ConvolutionAlgorithm) throws {
        let tolerance = name == "neural-scene" && convolution != .im2col ? 1e-3 : 1e-4
        let proof = try Proof(name, convolution), system = proof.system, facts = proof.fixture.facts
        var optimizer = Optimizer(system.optimizer, layout: proof.network.layout)
        for (step, expected) in facts.losses.enumerated() {
            let loss = proof.evaluate()
            #expect(abs(loss - expected) < tolerance * expected, "step \(step + 1)")
            try proof.checkStatistics(afterUpdate: step)
            let hyperparameters = system.schedule.hyperparameters(
                base: system.learningRate, step: step, of: facts.losses.count)
            #expect(
                abs(hyperparameters.learningRate - facts.rates.learningRate[step]) <= 1e-9
                    * hyperparameters.learningRate)
            #expect(facts.rates.beta1.map { abs($0[step] - hyperparameters.momentum!) < 1e-9 } ?? true)
            let clipping = Clipping(proof.gradient, byValue: system.clipValue, toNorm: system.clipNorm)
            optimizer.update(proof.values, along: proof.gradient, at: hyperparameters, clip: clipping.clip)
        }
    }

    /// Forecasts at inference: with moving averages, or with the network's own frames as input.
    @Test(arguments: [("keras-stack", "inference/"), ("keras-encdec", "free-running/")])
    func forecasts(name: String, prefix: String) throws {
        let proof = try Proof(name)
        let weights = proof.network.prepare(proof.values)
        proof.unrolled.readsTrueFrames = proof.unrolled.readsTrueFrames.map { _ in false }
        proof.unrolled.forward(weights)
        for layer in proof.fixture.names(prefix) {
            let error = try relativeError(proof.unrolled.output(of: layer)!, proof.fixture[prefix + layer]!)
            #expect(error < 1e-4, "\(layer)")
        }
    }

    /// The published sizes, checked on the preset itself.
    @Test(arguments: systems) func counts(name: String) throws {
        let system = try Presets.named(name)
        let network = try Network<Float>(system.network, frame: system.sequences.generator.frame)
        let published = try SystemFixture(name).facts.fullSize
        #expect(network.layout.count == published.learned)
        #expect(network.layout.slots.count == published.tensors)
        #expect(network.statistics.layout.count == published.moving)
    }
}

/// The maximum difference, relative to the maximum magnitude of the expected values.
private func relativeError(_ found: Tensor<Float>, _ expected: Tensor<Float>) -> Double {
    let largest = numbers(expected).map { Double(abs($0)) }.max() ?? 0
    return worstDifference(found, expected) / max(largest, 1e-30)
}

/// A small form of a model with the fixture's weights and batch.
private struct Proof {
    let system: SystemDescription
    let fixture: SystemFixture
    let network: Network<Float>
    let unrolled: UnrolledNetwork<Float>
    let values, gradient: ParameterVector<Float>
    private let target: Tensor<Float>

    init(_ name: String, _ convolution: ConvolutionAlgorithm = .automatic) throws {
        system = try Presets.named(name)
        fixture = try SystemFixture(name)
        let input = try fixture["input"]!, frame = fixture.facts.frame
        target = try fixture["target"]!
        network = try Network(
            system.network.shrunk(by: fixture.facts.divisor),
            frame: FeatureShape(height: frame[0], width: frame[1], channels: 1), convolution: convolution)
        let seen = input.shape[0], given = target.shape[0]
        unrolled = try UnrolledNetwork(
            network, batch: input.shape[1],
            Unrolling(inputFrames: seen, outputFrames: given, forecastOffset: system.sequences.forecastOffset ?? seen))
        (values, gradient) = (ParameterVector(network.layout), ParameterVector(network.layout))
        try load(input)
    }

    private func load(_ input: Tensor<Float>) throws {
        let seen = input.shape[0]
        unrolled.input[0..<seen].copy(from: input)
        for frame in seen..<unrolled.input.shape[0] {
            unrolled.input[frame].copy(from: target[frame - unrolled.unrolling.forecastOffset])
        }
        let mask = try fixture["mask"].map { numbers($0).map { $0 != 0 } }
        unrolled.readsTrueFrames = mask ?? unrolled.readsTrueFrames.map { _ in system.sampling == .teacherForcing }
        for slot in network.layout.slots { values[slot].copy(from: try fixture["weights/" + slot.name]!) }
        for slot in network.statistics.layout.slots {
            network.statistics[slot].copy(from: try fixture["statistics/" + slot.name]!)
        }
    }

    /// Returns the loss as the model reports it; sets the outputs, gradient and statistics of a training pass.
    func evaluate() -> Double {
        let weights = network.prepare(values)
        unrolled.forward(weights, isTraining: true)
        let frames = target.shape[0], sequences = unrolled.batch
        let scale = system.loss.scale(sequences: sequences, frames: frames, elements: target.count / sequences)
        let loss = system.loss.evaluate(unrolled.output, target, scale: scale, gradient: unrolled.outputGradient).value
        gradient.flat.fill(0)
        unrolled.backward(accumulatingInto: gradient)
        return system.loss.reported(loss, sequences: sequences, frames: frames)
    }

    func checkStatistics(afterUpdate step: Int) throws {
        for slot in network.statistics.layout.slots {
            let expected = try fixture["statistics-after/" + slot.name]![step]
            #expect(relativeError(network.statistics[slot], expected) < 1e-5, "\(slot.name)")
        }
    }
}
