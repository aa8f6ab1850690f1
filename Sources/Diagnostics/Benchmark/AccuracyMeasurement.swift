// How far the numbers of a training step are from those of double precision. The choice: the plain convolution in
// doubles is the truth; the way that trains stands beside the plain one in floats, so that one sees what is rounding in
// any case.

import Trainer
import Supervision
import DataLoading
import Configuration
import Collectives
import Kernels
import Model

/// The output of a step and the gradient of each tensor, compared.
package struct AccuracyMeasurement: Sendable {
    /// The root mean square of the differences to the truth, over that of the truth.
    package struct Deviation: Sendable {
        /// "output", or a tensor.
        package let name: String

        /// Of the way that was asked for, and of plain convolutions in floats.
        package let measured, im2col: Double
    }

    package let deviations: [Deviation]

    /// Compares one pass both ways over noise, with initial parameters.
    ///
    /// Throws a `ModelError` about a system that cannot be built, and a `TrainingError` where memory is short.
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

    /// The same noise whatever the precision.
    private func load<S: Scalar>(into input: Tensor<S>, _ target: Tensor<S>) throws {
        let loader = BatchLoader(NoiseSequences(for: model, count: batch), for: model)
        let frames = Tensor<Float>(shape: input.shape), wanted = Tensor<Float>(shape: target.shape)
        try loader.load((0..<batch).map(SequenceID.init), into: frames, target: wanted)
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
