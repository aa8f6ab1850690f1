import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// A cell computed by PyTorch in double precision, written by Fixtures/make-cells.py.
struct CellFixture: Decodable, CustomTestStringConvertible {
    var name: String
    var description: ConvLSTMDescription
    var steps, batch, height, width, channels: Int
    var tensors: [String: [Double]]
    var input, outputGradient, output: [Double]
    var gradients: [String: [Double]]

    var testDescription: String { name }

    static let all: [CellFixture] = {
        let file = Repository.fixture("cells.json", of: "ModelTests")
        return try! JSONDecoder().decode([CellFixture].self, from: Data(contentsOf: file))
    }()
}

@Suite struct CellFixtureTests {
    @Test(arguments: CellFixture.all, GateTensors.allCases)
    func outputsAndGradientsAreThoseOfPyTorch(_ fixture: CellFixture, tensors: GateTensors) throws {
        var description = fixture.description
        description.tensors = tensors
        let cell = try CheckedCell(
            description, channels: fixture.channels,
            map: FeatureShape(height: fixture.height, width: fixture.width, channels: 0), steps: fixture.steps,
            batch: fixture.batch)
        write(fixture.input, cell.input.values)
        write(fixture.outputGradient, cell.outputWeights)
        for slot in cell.layout.slots { write(try part(slot, of: fixture.tensors, fixture), cell.values[slot]) }
        _ = cell.evaluate(withGradient: true)
        #expect(largestDifference(cell.output.values, fixture.output) < 1e-6)
        #expect(largestDifference(try #require(cell.input.gradient), try #require(fixture.gradients["input"])) < 1e-6)
        for slot in cell.layout.slots {
            let expected = try part(slot, of: fixture.gradients, fixture)
            #expect(largestDifference(cell.gradient[slot], expected) < 1e-6, "\(slot.name)")
        }
    }

    /// Returns the values of one tensor: the fixture's own or, for a tensor like "cell.f.bias", one gate's columns of
    /// the fixture's "cell.bias".
    private func part(
        _ slot: ParameterSlot, of tensors: [String: [Double]], _ fixture: CellFixture
    ) throws -> [Double] {
        if let whole = tensors[slot.name] { return whole }
        let names = slot.name.split(separator: "."), hidden = fixture.description.hidden
        let fused = try #require(tensors[([names[0]] + names.dropFirst(2)).joined(separator: ".")])
        let gate = try #require(["i", "f", "g", "o"].firstIndex(of: names[1]))
        return fused.indices.filter { $0 / hidden % 4 == gate }.map { fused[$0] }
    }

    private func write(_ numbers: [Double], _ tensor: Tensor<Double>) {
        var span = tensor.mutableSpan
        precondition(numbers.count == span.count)
        for i in span.indices { span[i] = numbers[i] }
    }

    private func largestDifference(_ tensor: Tensor<Double>, _ expected: [Double]) -> Double {
        let span = tensor.span
        guard span.count == expected.count else { return .infinity }
        return span.indices.reduce(0) { max($0, abs(span[$1] - expected[$1])) }
    }
}
