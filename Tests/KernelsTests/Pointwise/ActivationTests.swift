import Foundation
import Kernels
import Testing

/// The vectorized activations against the C library, over the whole range and at lengths that are not multiples of a
/// vector.
@Suite struct ActivationTests {
    @Test(arguments: [1, 15, 16, 17, 4001]) func singlePrecisionIsCloseToTheLibrary(count: Int) {
        let x = Tensor<Float>(count), y = Tensor<Float>(count)
        var numbers = x.mutableSpan
        for i in 0..<count { numbers[i] = count == 1 ? 0.3 : Float(i) / Float(count - 1) * 200 - 100 }
        Activation.sigmoid.forward(x, into: y)
        for i in 0..<count { #expect(abs(Double(y.span[i]) - 1 / (1 + exp(-Double(x.span[i])))) < 2e-7) }
        Activation.tanh.forward(x, into: y)
        for i in 0..<count { #expect(abs(Double(y.span[i]) - tanh(Double(x.span[i]))) < 3e-7) }
    }

    /// Small arguments keep their relative precision, which a network that starts with tiny weights depends on.
    @Test func theTangentOfSmallNumbersIsAsPreciseAsTheyAre() {
        let exponents = Array(-20...2), x = Tensor<Float>(2 * exponents.count), y = Tensor<Float>(x.count)
        var numbers = x.mutableSpan
        for (place, exponent) in exponents.enumerated() {
            numbers[2 * place] = Float(pow(2, Double(exponent)) * 1.37)
            numbers[2 * place + 1] = -Float(pow(2, Double(exponent)) * 1.01)
        }
        Activation.tanh.forward(x, into: y)
        for i in 0..<x.count {
            let truth = tanh(Double(x.span[i]))
            #expect(abs(Double(y.span[i]) - truth) < 5e-7 * abs(truth), "\(x.span[i])")
        }
    }

    @Test(arguments: Activation.allCases) func gradientsAreTheSlope(activation: Activation) {
        let x = random(Double.self, 2, [33]), dy = random(Double.self, 3, [33]), dx = Tensor<Double>(33)
        let y = Tensor<Double>(33), above = Tensor<Double>(33), below = Tensor<Double>(33), moved = Tensor<Double>(33)
        let h = 1e-6
        activation.forward(x, into: y)
        activation.backward(dy, output: y, into: dx)
        for (sign, result) in [(1.0, above), (-1.0, below)] {
            var numbers = moved.mutableSpan
            for i in 0..<33 { numbers[i] = x.span[i] + sign * h }
            activation.forward(moved, into: result)
        }
        for i in 0..<33 {
            let slope = (above.span[i] - below.span[i]) / (2 * h)
            #expect(abs(dx.span[i] - dy.span[i] * slope) < 1e-8)
        }
    }

    @Test(arguments: [0, 0.2, 1]) func leakyRectifier(slope: Double) {
        let x = Tensor<Float>(19), y = Tensor<Float>(19), dy = random(Float.self, 1, [19]), dx = Tensor<Float>(19)
        var numbers = x.mutableSpan
        for i in 0..<19 { numbers[i] = Float(i) - 9 }
        let leaky = LeakyReLU(slope: slope)
        leaky.forward(x, into: y)
        leaky.backward(dy, output: y, into: dx)
        for i in 0..<19 {
            #expect(y.span[i] == (i > 9 ? x.span[i] : Float(slope) * x.span[i]))
            #expect(dx.span[i] == (i > 9 ? dy.span[i] : Float(slope) * dy.span[i]))
        }
    }
}
