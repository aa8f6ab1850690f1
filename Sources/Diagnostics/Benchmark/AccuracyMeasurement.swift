// The rounding error of a training step against double precision. The choice: im2col convolution in doubles is the
// reference. The algorithm in use is shown beside im2col in floats, which shows the rounding error that is
// unavoidable.

import Trainer
import Supervision
import DataLoading
import Configuration
import Collectives
import Kernels
import Model

/// The errors of a step's output and of each gradient tensor.
package struct AccuracyMeasurement: Sendable {
    /// The root mean square error against the reference, relative to the root mean square of the reference.
    package struct Deviation: Sendable {
        /// "output", or the name of a tensor.
        package let name: String

        /// The errors of the requested algorithm, and of im2col convolution in floats.
        package let measured, im2col: Double
    }

    package let deviations: [Deviation]

    /// Compares one pass in both precisions on noise, with initial parameters.
    ///
    /// Throws a `ModelError` about a model that cannot be built, and a `TrainingError` if memory is short.
    package static func measured(
        _ model: SystemDescription, batch: Int, convolution: ConvolutionAlgorithm
    ) throws -> AccuracyMeasurement {
        let pass = AccuracyPass(model: model, batch: batch)
        let truth = try pass.numbers(Double.self, .im2col), measured = try pass.numbers(Float.self, convolution)
        let im2col = try pass.numbers(Float.self, .im2col)
        return AccuracyMeasurement(
            deviations: truth.indices.map { index in
                let exact = truth[index].values
                return Deviation(
                    name: truth[index].name, measured: deviation(measured[index].values, from: exact),
                    im2col: deviation(im2col[index].values, from: exact))
            })
    }

    private static func deviation(_ values: [Double], from truth: [Double]) -> Double {
        let size = truth.reduce(0) { $0 + $1 * $1 }
        let error = zip(values, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return size == 0 ? error.squareRoot() : (error / size).squareRoot()
    }
}

/// A forward and a backward pass in either precision.
private struct AccuracyPass {
    let model: SystemDescription
    let batch: Int

    /// The output, and the gradient of each tensor.
    func numbers<S: Scalar>(
        _: S.Type, _ convolution: ConvolutionAlgorithm
    ) throws -> [(name: String, values: [Double])] {
        let network = try Network<S>(
            model.network, frame: model.sequences.generator.frame, convolution: convolution)
        let unrolling = Unrolling(model.sequences)
        try MemoryBudget.require(
            network.memory(batch: batch, unrolling) + 3 * network.layout.count * MemoryLayout<S>.stride,
            on: SoloCommunicator(), remedy: "choose a smaller --batch")
        let values = ParameterVector<S>(network.layout), gradient = ParameterVector<S>(network.layout)
        let start = ParameterVector<Float>(network.layout)
        start.initialize(seed: 1)
        copy(start.flat, into: values.flat)
        let weights = network.prepare(values, on: try ThreadPool(1))
        let unrolled = try UnrolledNetwork(network, batch: batch, unrolling)
        let target = Tensor<S>(shape: unrolled.output.shape)
        unrolled.readsTrueFrames = FrameSampling(model.sampling, seed: 1).readsTrueFrames(
            step: 0, places: 0..<batch, frames: unrolled.framesFed)
        try load(into: unrolled.input, target)
        unrolled.forward(weights, isTraining: true)
        let scale = model.errorScale(sequences: batch, frame: network.frame)
        _ = model.loss.evaluate(unrolled.output, target, scale: scale, gradient: unrolled.outputGradient)
        unrolled.backward(accumulatingInto: gradient)
        return [("output", doubles(unrolled.output))]
            + network.layout.slots.map { ($0.name, doubles(gradient[$0])) }
    }

    /// Loads noise that is the same in both precisions.
    private func load<S: Scalar>(into input: Tensor<S>, _ target: Tensor<S>) throws {
        let noise = NoiseSequences(for: model, count: batch)
        let loader = BatchLoader(
            noise, scale: ValueScale(noise.valueRange, maxValue: model.sequences.maxValue), for: model)
        let frames = Tensor<Float>(shape: input.shape), wanted = Tensor<Float>(shape: target.shape)
        try loader.load((0..<batch).map { SequenceID($0) }, into: frames, target: wanted)
        copy(frames, into: input)
        copy(wanted, into: target)
    }

    private func copy<S: Scalar>(_ source: Tensor<Float>, into target: Tensor<S>) {
        let from = source.span
        var to = target.mutableSpan
        for i in from.indices { to[i] = S(from[i]) }
    }

    private func doubles<S: Scalar>(_ tensor: Tensor<S>) -> [Double] {
        let numbers = tensor.span
        return numbers.indices.map { Double(numbers[$0]) }
    }
}
