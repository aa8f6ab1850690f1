import Configuration
import Foundation
import Kernels
import Model
import TestSupport
import Testing
import Trainer

/// Parameters after updates, and hyperparameters of schedules, written by Fixtures/make-optimizers.py with PyTorch
/// and numpy.
struct OptimizerFixture: Decodable {
    var start: [Float]
    var gradients: [[Float]]

    /// The updates after which a case lists its values.
    var shown: [Int]
    var cases: [Case]
    var cycles: [Cycle]
    var plateaus: [Plateau]

    struct Case: Decodable, CustomTestStringConvertible {
        var name: String
        var optimizer: OptimizerDescription
        var learningRate: Double
        var clipValue, clipNorm: Double?
        var schedule: ScheduleDescription?
        var total: Int?
        var values: [[Double]]

        var testDescription: String { name }

        func hyperparameters(_ step: Int) -> StepHyperparameters {
            schedule?.hyperparameters(base: learningRate, step: step, of: total ?? 0)
                ?? StepHyperparameters(learningRate: learningRate)
        }
    }

    struct Cycle: Decodable {
        var schedule: ScheduleDescription
        var learningRate: Double
        var total: Int
        var rates, momenta: [Double]
    }

    struct Plateau: Decodable {
        var schedule: ScheduleDescription
        var learningRate: Double
        var losses, rates: [Double]
    }

    static let all: OptimizerFixture = {
        let file = Repository.fixture("optimizers.json", of: "TrainerTests")
        return try! JSONDecoder().decode(OptimizerFixture.self, from: Data(contentsOf: file))
    }()

    /// A vector with as many elements as the fixture has parameters.
    static func vector(_ numbers: [Float]) -> ParameterVector<Float> {
        var layout = ParameterLayout()
        _ = layout.append("p", shape: [numbers.count], initialization: .constant(value: 0))
        let vector = ParameterVector<Float>(layout)
        var span = vector.flat.mutableSpan
        for i in numbers.indices { span[i] = numbers[i] }
        return vector
    }
}

@Suite struct OptimizerTests {
    private let fixture = OptimizerFixture.all

    /// Errors are relative to the largest parameter, because some parameters come close to zero.
    @Test(arguments: OptimizerFixture.all.cases)
    func twentyUpdatesAgreeWithTheOriginal(_ example: OptimizerFixture.Case) {
        let values = OptimizerFixture.vector(fixture.start)
        var optimizer = Optimizer(example.optimizer, layout: values.layout)
        for (step, numbers) in fixture.gradients.enumerated() {
            let gradient = OptimizerFixture.vector(numbers)
            let clipping = Clipping(gradient, byValue: example.clipValue, toNorm: example.clipNorm)
            optimizer.update(values, along: gradient, at: example.hyperparameters(step), clip: clipping.clip)
            guard let shown = fixture.shown.firstIndex(of: step + 1) else { continue }
            let expected = example.values[shown], found = values.flat.span
            let scale = expected.map(abs).max() ?? 0
            let worst = expected.indices.map { abs(Double(found[$0]) - expected[$0]) }.max() ?? .infinity
            #expect(worst <= 1e-6 * scale, "step \(step + 1): \(worst / scale)")
        }
        #expect(optimizer.step == 20)
    }

    @Test func momentsAreKeptOnlyWhereTheEquationsHaveThem() {
        let descriptions: [(OptimizerDescription, [String])] = [
            (.adam(.init()), ["m", "v"]), (.adamW(.init()), ["m", "v"]), (.rmsProp(.init()), ["a"]),
            (.adadelta(.init()), ["a", "d"]), (.sgd(.init()), []), (.sgd(.init(momentum: 0.9)), ["b"]),
        ]
        for (description, names) in descriptions {
            let optimizer = Optimizer(description, layout: OptimizerFixture.vector(fixture.start).layout)
            #expect(optimizer.moments.map(\.name) == names)
        }
    }

    @Test(arguments: OptimizerFixture.all.cases.map(\.optimizer))
    func descriptionsSurviveAFile(_ it: OptimizerDescription) throws {
        #expect(try JSONDecoder().decode(OptimizerDescription.self, from: JSONEncoder().encode(it)) == it)
    }
}

@Suite struct ClippingTests {
    private let gradient = OptimizerFixture.vector([3, 4, 0])

    @Test func theNormIsTheOneBeforeAndTheDirectionStays() {
        for (limit, factor) in [(10.0, Float(1)), (5, 1), (1, 0.2)] {
            let clipping = Clipping(gradient, byValue: nil, toNorm: limit)
            #expect(clipping.norm == 5 && clipping.clip == GradientClip(factor: factor))
        }
        #expect(Clipping(gradient, byValue: nil, toNorm: nil).clip == GradientClip())
    }

    /// (3, 4) becomes (3, 3), whose norm is 3 sqrt(2).
    @Test func valuesAreClippedBeforeTheNormIsTaken() {
        let clipping = Clipping(gradient, byValue: 3, toNorm: 2)
        #expect(clipping.norm == 5 && clipping.clip.limit == 3)
        #expect(abs(Double(clipping.clip.factor) - 2 / (3 * 2.0.squareRoot())) < 1e-7)
        #expect(Clipping(gradient, byValue: 3, toNorm: 4.5).clip.factor == 1)
        let values = OptimizerFixture.vector([0, 0, 0])
        var descent = Optimizer(.sgd(.init()), layout: values.layout)
        descent.update(
            values, along: OptimizerFixture.vector([-3, 4, 1]), at: StepHyperparameters(learningRate: 1),
            clip: GradientClip(limit: 2))
        #expect((0..<3).map { values.flat.span[$0] } == [2, -2, -1])
    }

    @Test(arguments: [Float.infinity, .nan]) func aGradientThatIsNotFiniteSaysSoInItsNorm(_ number: Float) {
        let clipping = Clipping(OptimizerFixture.vector([number, 1, 0]), byValue: 1, toNorm: 1)
        #expect(!clipping.norm.isFinite)
    }
}
