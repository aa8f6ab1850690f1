// Batch normalization over the global batch, time and space. The choice: the virtual ranks sum their statistics in
// double precision within the pass, so that they are those of the whole batch whatever the number of virtual ranks.
//
//     m = mean of x,  v = mean of (x - m)^2        over sequences, steps and pixels, per channel
//     u = (x - m) / sqrt(v + epsilon)              y = scale u + shift
//     moving := momentum moving + (1 - momentum) (m or v)
//
// Forecasts use the moving averages as m and v. Source: Ioffe and Szegedy, "Batch normalization", ICML 2015; the biased
// variance in the moving average follows Keras 2.1.0.

import Kernels

final class BatchNormalizationLayer<S: Scalar>: Layer {
    let description: BatchNormalizationDescription
    let outputShape: FeatureShape
    let scaleSlot, shiftSlot: ParameterSlot

    /// The slots of the moving averages, in the layout of the statistics.
    let meanSlot, varianceSlot: ParameterSlot

    private(set) var scale, shift: Tensor<S>

    init(
        _ name: String, _ d: BatchNormalizationDescription, input: FeatureShape, layout: inout ParameterLayout,
        statistics: inout ParameterLayout
    ) throws(ModelError) {
        guard (0..<1).contains(d.momentum), d.epsilon > 0 else {
            throw ModelError(
                "layer \(name): momentum \(d.momentum) and epsilon \(d.epsilon); choose a momentum in [0, 1) and a "
                    + "positive epsilon")
        }
        description = d
        outputShape = input
        let channels = [input.channels]
        scaleSlot = layout.append("\(name).scale", shape: channels, initialization: .constant(value: 1))
        shiftSlot = layout.append("\(name).shift", shape: channels, initialization: .constant(value: 0))
        meanSlot = statistics.append("\(name).mean", shape: channels, initialization: .constant(value: 0))
        varianceSlot = statistics.append("\(name).variance", shape: channels, initialization: .constant(value: 1))
        (scale, shift) = (Tensor(shape: channels), Tensor(shape: channels))
    }

    var hasParameters: Bool { true }

    func prepare(_ values: ParameterVector<S>) {
        (scale, shift) = (values[scaleSlot], values[shiftSlot])
    }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledBatchNormalization(self, input: input, output: output, context: context)
    }
}

final class UnrolledBatchNormalization<S: Scalar>: UnrolledLayer {
    private let layer: BatchNormalizationLayer<S>
    private let input, output: FeatureSequence<S>
    private let context: UnrollingContext<S>

    /// The pixel count of the global batch in the last training pass; per channel, m and 1 / sqrt(v + epsilon).
    private var count = 0.0
    private var mean, inverse: [Double]

    /// The sums of dy and of dy u over this virtual rank.
    private var shiftGradient, scaleGradient: [Double]

    init(
        _ layer: BatchNormalizationLayer<S>, input: FeatureSequence<S>, output: FeatureSequence<S>,
        context: UnrollingContext<S>
    ) {
        (self.layer, self.input, self.output, self.context) = (layer, input, output, context)
        let zeros = [Double](repeating: 0, count: output.shape.channels)
        (mean, inverse, shiftGradient, scaleGradient) = (zeros, zeros, zeros, zeros)
    }

    func forward(_ steps: Range<Int>) {
        if context.isTraining {
            precondition(steps == 0..<output.steps, "batch statistics of a part of the steps")
            measure()
        } else {
            mean = context.statistics[layer.meanSlot].doubles
            inverse = context.statistics[layer.varianceSlot].doubles.map(inverseRoot)
        }
        let factor = zip(layer.scale.doubles, inverse).map(*)
        let offset = zip(layer.shift.doubles, zip(factor, mean)).map { $0 - $1.0 * $1.1 }
        scaleChannels(input.values[steps], by: Tensor(factor), adding: Tensor(offset), into: output.values[steps])
    }

    /// Computes m and 1 / sqrt(v + epsilon) over the global batch, and updates the moving averages.
    private func measure() {
        let channels = mean.count
        var sums = [Double](repeating: 0, count: 2 * channels)
        addChannelSums(of: input.values, times: input.values, to: &sums)
        sums.append(Double(input.values.count / channels))
        context.sum(&sums)
        count = sums[2 * channels]
        mean = sums[..<channels].map { $0 / count }
        let variance = (0..<channels).map { max(sums[channels + $0] / count - mean[$0] * mean[$0], 0) }
        inverse = variance.map(inverseRoot)
        guard context.movesAverages else { return }
        move(context.statistics[layer.meanSlot], to: mean)
        move(context.statistics[layer.varianceSlot], to: variance)
    }

    private func inverseRoot(_ variance: Double) -> Double {
        1 / (variance + layer.description.epsilon).squareRoot()
    }

    private func move(_ average: Tensor<S>, to values: [Double]) {
        let momentum = layer.description.momentum
        var elements = average.mutableSpan
        for c in elements.indices { elements[c] = S(momentum * Double(elements[c]) + (1 - momentum) * values[c]) }
    }

    // Backward: dx = scale / sqrt(v + epsilon) (dy - mean of dy - u mean of (dy u)), dshift = sum of dy, and dscale =
    // sum of dy u.

    func backward(_ steps: Range<Int>) {
        precondition(context.isTraining, "backward through batch normalization after a forecast")
        guard let dy = output.gradient else { return }
        let channels = mean.count
        var sums = [Double](repeating: 0, count: 2 * channels)
        addChannelSums(of: dy, times: input.values, to: &sums)
        for c in 0..<channels { sums[channels + c] = inverse[c] * (sums[channels + c] - mean[c] * sums[c]) }
        (shiftGradient, scaleGradient) = (Array(sums[..<channels]), Array(sums[channels...]))
        context.sum(&sums)
        guard let dx = input.gradient else { return }
        let p = zip(layer.scale.doubles, inverse).map(*)
        let q = (0..<channels).map { -p[$0] * inverse[$0] * sums[channels + $0] / count }
        let r = (0..<channels).map { -p[$0] * sums[$0] / count - q[$0] * mean[$0] }
        combineChannels(dy, Tensor(p), input.values, Tensor(q), Tensor(r), accumulatingInto: dx)
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        add(Tensor(scaleGradient), accumulatingInto: gradient[layer.scaleSlot])
        add(Tensor(shiftGradient), accumulatingInto: gradient[layer.shiftSlot])
    }
}

extension Tensor {
    /// Creates a vector with the given elements.
    fileprivate init(_ elements: [Double]) {
        self.init(elements.count)
        var values = mutableSpan
        for i in values.indices { values[i] = S(elements[i]) }
    }

    fileprivate var doubles: [Double] {
        let values = span
        return values.indices.map { Double(values[$0]) }
    }
}
