import Foundation
import Kernels
import Model
import Testing
import Trainer

@Suite struct OptimizerTests {
    /// Adam as its authors write it, in double precision, one number at a time.
    private func reference(_ p: Double, _ gradients: [Double], _ d: OptimizerDescription, rate: Double) -> Double {
        var p = p, m = 0.0, v = 0.0
        for (index, g) in gradients.enumerated() {
            let t = Double(index + 1)
            m = d.beta1 * m + (1 - d.beta1) * g
            v = d.beta2 * v + (1 - d.beta2) * g * g
            switch d.form {
            case .paper:
                let mHat = m / (1 - pow(d.beta1, t)), vHat = v / (1 - pow(d.beta2, t))
                p -= rate * mHat / (vHat.squareRoot() + d.epsilon)
            case .tensorFlow:
                let corrected = rate * (1 - pow(d.beta2, t)).squareRoot() / (1 - pow(d.beta1, t))
                p -= corrected * m / (v.squareRoot() + d.epsilon)
            }
        }
        return p
    }

    /// An epsilon as large as the gradients makes the two forms differ in the first digit.
    @Test(arguments: [OptimizerDescription.Form.paper, .tensorFlow], [1e-8, 0.1])
    func adamFollowsTheRecurrence(form: OptimizerDescription.Form, epsilon: Double) {
        let description = OptimizerDescription(beta1: 0.8, beta2: 0.95, epsilon: epsilon, form: form)
        var layout = ParameterLayout()
        _ = layout.append("p", [37], .uniform(limit: 1))
        let values = ParameterVector<Float>(layout), gradient = ParameterVector<Float>(layout)
        values.initialise(seed: 3)
        let start = (0..<37).map { Double(values.flat.span[$0]) }
        var optimizer = Optimizer(description, layout: layout)
        var gradients = [[Double]](repeating: [], count: 37)
        for step in 0..<12 {
            var g = gradient.flat.mutableSpan
            for i in 0..<37 {
                g[i] = Float(sin(Double(3 * step + i)) * 0.3)
                gradients[i].append(Double(g[i]))
            }
            optimizer.update(values, along: gradient, learningRate: 0.01)
        }
        #expect(optimizer.step == 12)
        for i in 0..<37 {
            let expected = reference(start[i], gradients[i], description, rate: 0.01)
            #expect(abs(Double(values.flat.span[i]) - expected) < 2e-6)
        }
    }

    @Test func clippingKeepsTheDirectionAndReportsTheNormBefore() {
        var layout = ParameterLayout()
        let slot = layout.append("g", [2], .constant(value: 0))
        let gradient = ParameterVector<Float>(layout)
        func set(_ a: Float, _ b: Float) {
            var numbers = gradient[slot].mutableSpan
            (numbers[0], numbers[1]) = (a, b)
        }
        set(3, 4)
        #expect(clip(gradient, toNorm: 10) == 5 && gradient.flat.span[0] == 3)
        #expect(clip(gradient, toNorm: nil) == 5 && gradient.flat.span[0] == 3)
        #expect(clip(gradient, toNorm: 1) == 5)
        #expect(abs(gradient.flat.span[0] - 0.6) < 1e-6 && abs(gradient.flat.span[1] - 0.8) < 1e-6)
        set(.infinity, 1)
        #expect(clip(gradient, toNorm: 1) == .infinity && gradient.flat.span[1] == 1)
    }

    @Test func schedules() {
        func rates(_ schedule: ScheduleDescription, _ steps: [Int]) -> [Double] {
            steps.map { schedule.learningRate(base: 2, step: $0, of: 110) }
        }
        #expect(rates(.constant, [0, 50, 109]) == [2, 2, 2])
        #expect(rates(.stepDecay(factor: 0.5, every: 10), [0, 9, 10, 19, 20]) == [2, 2, 1, 1, 0.5])
        let cosine = rates(.cosine(warmUp: 10), [0, 9, 10, 60, 110])
        for (rate, expected) in zip(cosine, [0.2, 2, 2, 1, 0]) { #expect(abs(rate - expected) < 1e-12) }
    }
}
