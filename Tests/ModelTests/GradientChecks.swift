// Finite differences in double precision, against which every hand-written adjoint is checked.

import Kernels
import Model
import NetworkTestSupport
import Testing

/// Compares the gradient of a loss with fourth-order central differences along random directions, one per learned
/// tensor.
///
/// - Parameters:
///   - h: the step of the differences; smaller for losses with more curvature.
///   - loss: the loss at the current values; if asked, it also writes the gradient of every tensor.
/// - Returns: the worst error, relative to the larger of the two derivatives, and its tensor.
func worstGradientError(
    of tensors: [(name: String, values: Tensor<Double>, gradient: Tensor<Double>)], h: Double = 1e-3,
    loss: (_ withGradient: Bool) -> Double
) -> (error: Double, name: String) {
    _ = loss(true)
    let gradients = tensors.map { copy(of: $0.gradient) }
    var worst = (error: 0.0, name: "")
    for (index, tensor) in tensors.enumerated() {
        let direction = Tensor<Double>(shape: tensor.values.shape)
        fill(direction, seed: UInt64(index))
        let start = copy(of: tensor.values)
        func moved(_ step: Double) -> Double {
            tensor.values.copy(from: start)
            var values = tensor.values.mutableSpan
            let d = direction.span
            for i in d.indices { values[i] += step * d[i] }
            return loss(false)
        }
        let measured = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h)
        tensor.values.copy(from: start)
        let stated = dot(gradients[index], direction)
        let error = abs(measured - stated) / max(abs(measured), abs(stated), 1e-6)
        if !(error <= worst.error) { worst = (error, tensor.name) }
    }
    return worst
}

func copy<S: Scalar>(of tensor: Tensor<S>) -> Tensor<S> {
    let new = Tensor<S>(shape: tensor.shape)
    new.copy(from: tensor)
    return new
}

func dot<S: Scalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Double {
    let (x, y) = (a.span, b.span)
    return x.indices.reduce(0) { $0 + Double(x[$1]) * Double(y[$1]) }
}

/// A network in double precision with random parameters and inputs, and its loss against random targets.
struct CheckedNetwork {
    let network: Network<Double>
    let unrolled: UnrolledNetwork<Double>
    let values, gradient: ParameterVector<Double>
    let target: Tensor<Double>
    let loss: Loss

    init(
        _ description: NetworkDescription, frame: FeatureShape, batch: Int = 2, inputFrames: Int = 3,
        outputFrames: Int = 3, forecastOffset: Int? = nil, readsTrueFrames: (_ place: Int) -> Bool = { _ in false },
        loss: Loss = .meanSquaredError, convolution: ConvolutionAlgorithm = .automatic
    ) throws {
        network = try Network(description, frame: frame, convolution: convolution)
        unrolled = try UnrolledNetwork(
            network, batch: batch,
            Unrolling(
                inputFrames: inputFrames, outputFrames: outputFrames, forecastOffset: forecastOffset ?? inputFrames))
        unrolled.readsTrueFrames = unrolled.readsTrueFrames.indices.map(readsTrueFrames)
        values = ParameterVector(network.layout)
        gradient = ParameterVector(network.layout)
        target = Tensor(shape: unrolled.output.shape)
        self.loss = loss
        fill(values.flat, seed: 1, scale: 0.5)
        fill(unrolled.input, seed: 2)
        for (tensor, seed) in [(target, UInt64(3))] {
            fill(tensor, seed: seed, scale: 0.5)
            var numbers = tensor.mutableSpan
            for i in numbers.indices { numbers[i] += 0.5 }
        }
    }

    func evaluate(withGradient: Bool) -> Double {
        let weights = network.prepare(values)
        unrolled.forward(weights, isTraining: true)
        let scale = loss.scale(
            sequences: unrolled.batch, frames: unrolled.output.shape[0],
            elements: unrolled.output.count / unrolled.batch)
        let value = loss.evaluate(
            unrolled.output, target, scale: scale, gradient: withGradient ? unrolled.outputGradient : nil
        ).value
        if withGradient {
            gradient.flat.fill(0)
            unrolled.backward(accumulatingInto: gradient)
        }
        return value
    }

    var worstError: (error: Double, name: String) {
        worstGradientError(
            of: network.layout.slots.map { ($0.name, values[$0], gradient[$0]) }, loss: evaluate(withGradient:))
    }
}
