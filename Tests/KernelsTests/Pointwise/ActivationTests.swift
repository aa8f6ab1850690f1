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
        func isClose(_ activation: Activation, to library: (Double) -> Double, within bound: Double) -> Bool {
            activation.forward(x, into: y)
            return (0..<count).allSatisfy { abs(Double(y.span[$0]) - library(Double(x.span[$0]))) < bound }
        }
        #expect(isClose(.sigmoid, to: { 1 / (1 + exp(-$0)) }, within: 2e-7))
        #expect(isClose(.tanh, to: { tanh($0) }, within: 3e-7))
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

    /// The tangent of large numbers is 1 and never more, so that 1 - tanh^2 is no less than 0; that of no number is none.
    @Test func theTangentEndsAtOne() {
        let large: [Float] = (0...4000).map { 6 + Float($0) / 1000 } + [88, 1e5, 1e30, .infinity]
        let x = Tensor<Float>(2 * large.count)
        var numbers = x.mutableSpan
        for (place, number) in large.enumerated() {
            (numbers[2 * place], numbers[2 * place + 1]) = (number, -number)
        }
        let y = Tensor<Float>(x.count)
        Activation.tanh.forward(x, into: y)
        for i in 0..<x.count {
            #expect(abs(y.span[i]) <= 1 && abs(y.span[i] - tanh(x.span[i])) < 5e-7, "\(x.span[i])")
        }
        #expect(y.span[x.count - 2] == 1 && y.span[x.count - 1] == -1)
        numbers[0] = .nan
        Activation.tanh.forward(x, into: y)
        #expect(y.span[0].isNaN)
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
