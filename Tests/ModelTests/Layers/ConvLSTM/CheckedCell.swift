import Kernels
import Model
import NetworkTestSupport

/// One ConvLSTM layer in double precision with random values, optionally a layer before it whose final state
/// initializes it, and a loss that is linear in its outputs.
struct CheckedCell {
    var layout = ParameterLayout()
    let description: ConvLSTMDescription
    let layer: ConvLSTMLayer<Double>
    let values, gradient: ParameterVector<Double>

    /// The input of the layer if `reads` is a map, and of the layer before it.
    let input: FeatureSequence<Double>
    let output: FeatureSequence<Double>

    /// The weights of the loss, which is the sum of the outputs times these.
    let outputWeights: Tensor<Double>

    private typealias Unrolled = UnrolledConvLSTM<Double>
    private let first: (layer: ConvLSTMLayer<Double>, output: FeatureSequence<Double>, unrolled: Unrolled)?
    private let unrolled: Unrolled
    private let passes: [Range<Int>]
    private let context: UnrollingContext<Double>

    static let map = FeatureShape(height: 5, width: 3, channels: 0)

    /// - Parameters:
    ///   - reads: the input; nil for a map of `channels`.
    ///   - continues: whether it starts from the state of another layer of the same description, which reads the input.
    ///   - stepwise: whether each step is a call of its own.
    ///   - recomputesGates: whether backward recomputes the gates.
    init(
        _ d: ConvLSTMDescription, reads: CellInput? = nil, channels: Int = 2, map: FeatureShape = map,
        continues: Bool = false, steps: Int = 3, batch: Int = 2, stepwise: Bool = false,
        convolution: ConvolutionAlgorithm = .automatic, recomputesGates: Bool = false
    ) throws {
        func shape(_ channels: Int) -> FeatureShape {
            FeatureShape(height: map.height, width: map.width, channels: channels)
        }
        let read = CellInput.map(shape(channels)), state = shape(d.hidden)
        context = UnrollingContext(ParameterVector(ParameterLayout()), sum: { _ in })
        func sequence(_ shape: FeatureShape) -> FeatureSequence<Double> {
            FeatureSequence(shape, steps: steps, batch: batch, needsGradient: true)
        }
        input = sequence(shape(channels))
        if continues {
            let layer = try ConvLSTMLayer<Double>(
                "first", d, input: read, map: map, convolution: convolution, recomputesGates: recomputesGates,
                layout: &layout)
            let output = sequence(state)
            first = (layer, output, layer.unrolled(input: input, output: output, start: nil, context: context))
        } else {
            first = nil
        }
        description = d
        layer = try ConvLSTMLayer(
            "cell", d, input: reads ?? read, map: map, convolution: convolution, recomputesGates: recomputesGates,
            layout: &layout)
        output = sequence(state)
        unrolled = layer.unrolled(
            input: reads == nil ? input : nil, output: output, start: first?.unrolled, context: context)
        passes = stepwise ? (0..<steps).map { $0..<$0 + 1 } : [0..<steps]
        values = ParameterVector(layout)
        gradient = ParameterVector(layout)
        outputWeights = Tensor(shape: output.values.shape)
        // Small enough that hard sigmoids stay away from their kinks, where they have no derivative.
        fill(values.flat, seed: 1, scale: 0.3)
        fill(input.values, seed: 2)
        fill(outputWeights, seed: 3)
    }

    func evaluate(withGradient: Bool) -> Double {
        let layers = [(first?.layer, first?.output, first?.unrolled), (layer, output, unrolled)]
        context.isTraining = true
        for case (let layer?, _, let unrolled?) in layers {
            layer.prepare(values)
            for steps in passes { unrolled.forward(steps) }
        }
        guard withGradient else { return dot(output.values, outputWeights) }
        gradient.flat.fill(0)
        input.gradient?.fill(0)
        first?.output.gradient?.fill(0)
        output.gradient?.copy(from: outputWeights)
        for case (_, _, let layer?) in layers { layer.clearGradients() }
        for case (_, _, let layer?) in layers.reversed() {
            for steps in passes.reversed() { layer.backward(steps) }
            layer.addParameterGradients(to: gradient)
        }
        return dot(output.values, outputWeights)
    }

    /// Every tensor that has a gradient: the parameters and the input.
    var tensors: [(name: String, values: Tensor<Double>, gradient: Tensor<Double>)] {
        layout.slots.map { ($0.name, values[$0], gradient[$0]) }
            + [("input", input.values, input.gradient!)]
    }
}
