import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// Stateless layers computed by PyTorch, written by Fixtures/make-layers.py.
struct LayerFixture: Decodable, CustomTestStringConvertible {
    struct LearnedTensor: Decodable {
        var name: String
        var values, gradient: [Double]
    }

    var name: String
    var frame: FeatureShape
    var steps, batch: Int
    var network: NetworkDescription
    var tensors: [LearnedTensor]
    var input, output, outputGradient: [Double]

    var testDescription: String { name }

    static let all: [LayerFixture] = {
        let file = Repository.fixture("layers.json", of: "ModelTests")
        return try! JSONDecoder().decode([LayerFixture].self, from: Data(contentsOf: file))
    }()
}

@Suite struct LayerFixtureTests {
    @Test(arguments: LayerFixture.all) func outputsAndGradientsAreThoseOfPyTorch(_ fixture: LayerFixture) throws {
        let network = try Network<Double>(fixture.network, frame: fixture.frame)
        let unrolling = Unrolling(inputFrames: fixture.steps, outputFrames: fixture.steps, forecastOffset: 1)
        let unrolled = try UnrolledNetwork(network, batch: fixture.batch, unrolling)
        let values = ParameterVector<Double>(network.layout), gradient = ParameterVector<Double>(network.layout)
        #expect(network.layout.slots.map(\.name) == fixture.tensors.map(\.name))
        for (slot, tensor) in zip(network.layout.slots, fixture.tensors) { write(tensor.values, to: values[slot]) }
        let weights = network.prepare(values)
        write(fixture.input, to: unrolled.input)
        unrolled.forward(weights)
        #expect(summedDifference(unrolled.output, fixture.output) < 1e-12)
        write(fixture.outputGradient, to: unrolled.outputGradient)
        unrolled.backward(accumulatingInto: gradient)
        for (slot, tensor) in zip(network.layout.slots, fixture.tensors) {
            #expect(summedDifference(gradient[slot], tensor.gradient) < 1e-11, "\(slot.name)")
        }
    }

    private func write(_ numbers: [Double], to tensor: Tensor<Double>) {
        #expect(numbers.count == tensor.count)
        var target = tensor.mutableSpan
        for i in target.indices { target[i] = numbers[i] }
    }

    private func summedDifference(_ tensor: Tensor<Double>, _ expected: [Double]) -> Double {
        let numbers = tensor.span
        guard numbers.count == expected.count else { return .infinity }
        return numbers.indices.reduce(0) { $0 + abs(numbers[$1] - expected[$1]) }
    }
}
