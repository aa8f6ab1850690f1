import Configuration
import Foundation
import Model
import Testing
import Trainer

@Suite struct ScheduleTests {
    @Test func functionsOfTheStep() {
        func rates(_ schedule: ScheduleDescription, _ steps: [Int]) -> [Double] {
            steps.map { schedule.hyperparameters(base: 2, step: $0, of: 110).learningRate }
        }
        #expect(rates(.constant, [0, 50, 109]) == [2, 2, 2])
        #expect(rates(.stepDecay(.init(factor: 0.5, every: 10)), [0, 9, 10, 19, 20]) == [2, 2, 1, 1, 0.5])
        let cosine = rates(.cosine(.init(warmUp: 10)), [0, 9, 10, 60, 110])
        for (rate, expected) in zip(cosine, [0.2, 2, 2, 1, 0]) { #expect(abs(rate - expected) < 1e-12) }
    }

    @Test(arguments: OptimizerFixture.all.cycles.indices) func oneCycleAgreesWithPyTorch(index: Int) {
        let cycle = OptimizerFixture.all.cycles[index]
        #expect(cycle.rates.count == cycle.total)
        for step in 0..<cycle.total {
            let hyperparameters = cycle.schedule.hyperparameters(base: cycle.learningRate, step: step, of: cycle.total)
            #expect(abs(hyperparameters.learningRate - cycle.rates[step]) < 1e-12 * cycle.learningRate, "step \(step)")
            #expect(abs((hyperparameters.momentum ?? 0) - cycle.momenta[step]) < 1e-12, "step \(step)")
        }
    }

    /// Hyperparameters are finite even for runs so short that PyTorch divides by zero.
    @Test(arguments: 1...12) func oneCycleIsFiniteForAnyLength(total: Int) {
        var cycle = ScheduleDescription.OneCycle()
        for start in [0.1, 0.3, 0.5] {
            cycle.pctStart = start
            for step in 0...total {
                let hyperparameters = ScheduleDescription.oneCycle(cycle).hyperparameters(
                    base: 1, step: step, of: total)
                #expect(
                    hyperparameters.learningRate > 0 && hyperparameters.learningRate <= 1,
                    "\(start), \(step) of \(total)")
                #expect((0.85 - 1e-12...0.95 + 1e-12).contains(hyperparameters.momentum ?? 0))
            }
        }
    }

    @Test(arguments: OptimizerFixture.all.plateaus.indices) func plateausAgreeWithPyTorch(index: Int) throws {
        let example = OptimizerFixture.all.plateaus[index]
        guard case .plateau(let description) = example.schedule else { throw Mismatch() }
        var plateaus = Plateaus()
        for (validation, loss) in example.losses.enumerated() {
            plateaus.record(loss, description)
            let hyperparameters = example.schedule.hyperparameters(
                base: example.learningRate, step: 0, of: 1, plateaus: plateaus.factor)
            #expect(
                abs(hyperparameters.learningRate - example.rates[validation]) < 1e-12 * example.learningRate,
                "\(validation)")
        }
        #expect(plateaus.factor < 1)
    }

    private struct Mismatch: Error {}

    @Test func patienceCountsValidationsSinceTheLowest() {
        var patience = Patience()
        let waits = [1.0, 0.5, 0.5, .nan, 0.6, 0.4, 0.41].map { loss in
            patience.record(loss)
            return patience.waited
        }
        #expect(waits == [0, 0, 1, 2, 3, 0, 1] && patience.best == 0.4)
    }
}
