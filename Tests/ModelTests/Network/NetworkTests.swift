import Kernels
import Model
import NetworkTestSupport
import Testing

/// Invalid descriptions of networks are refused with a message that names the layer.
@Suite struct NetworkTests {
    private let frame = FeatureShape(height: 6, width: 4, channels: 1)
    private let readout = LayerDescription("out", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))

    private func cell(_ name: String, kernel: Int = 3, from: [String]? = nil, state: String? = nil) -> LayerDescription
    {
        LayerDescription(
            name, from: from, .convLSTM(ConvLSTMDescription(hidden: 2, kernel: kernel, initialState: state)))
    }

    private func expect(_ part: String, _ description: NetworkDescription, location: SourceLocation = #_sourceLocation)
    {
        let error = #expect(throws: ModelError.self, sourceLocation: location) {
            try Network<Float>(description, frame: frame)
        }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(part), "\(sentence)", sourceLocation: location)
    }

    @Test func evenKernels() {
        expect("layer e: kernel 4", NetworkDescription(encoder: [cell("e", kernel: 4)], readout: [readout]))
    }

    @Test func namesThatNothingHas() {
        expect("names x", NetworkDescription(encoder: [cell("e", from: ["x"])], readout: [readout]))
        expect("names y", NetworkDescription(encoder: [cell("e", state: "y")], readout: [readout]))
    }

    @Test func twoLayersOfOneName() {
        expect("two layers are called e", NetworkDescription(encoder: [cell("e"), cell("e")], readout: [readout]))
        expect(
            "a layer is called frames, which is the name of the network's input; choose another",
            NetworkDescription(encoder: [cell("frames")], readout: [readout]))
    }

    @Test func forecastersThatStartFromNothing() {
        expect(
            "layer f reads nothing and starts from nothing",
            NetworkDescription(encoder: [cell("e")], forecaster: [cell("f")], readout: [readout]))
    }

    @Test func statesOfAnotherKindOrSize() {
        let wide = LayerDescription("f", .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3, initialState: "e")))
        expect(
            "3 hidden channels", NetworkDescription(encoder: [cell("e")], forecaster: [wide], readout: [readout]))
    }

    @Test func patchesThatDoNotDivideTheFrame() {
        expect(
            "cannot be cut into patches of 4 x 4",
            NetworkDescription(
                encoder: [LayerDescription("p", .spaceToDepth(RearrangementDescription(size: 4)))], readout: [readout]))
    }

    @Test func outputsThatAreNoFrames() {
        expect("makes frames of 6 x 4 x 2", NetworkDescription(encoder: [cell("e")], readout: []))
    }

    @Test func readoutsOverTwoAxes() {
        let both = LayerDescription(
            "out", from: ["e", "f"], .convolution(ConvolutionDescription(filters: 1, kernel: 1)))
        expect(
            "they run over other frames",
            NetworkDescription(encoder: [cell("e")], forecaster: [cell("f", state: "e")], readout: [both]))
    }

    @Test func oneOutputPerInputIsNoFewer() throws {
        let network = try Network<Float>(NetworkDescription(encoder: [cell("e")], readout: [readout]), frame: frame)
        #expect(!network.hasForecaster)
        #expect(throws: ModelError.self) {
            try UnrolledNetwork(network, batch: 1, Unrolling(inputFrames: 3, outputFrames: 2, forecastOffset: 3))
        }
    }

    /// The output of one sequence of a batch does not depend on the others.
    @Test func sequencesOfABatchDoNotSeeEachOther() throws {
        let network = try Network<Float>(
            NetworkDescription(encoder: [cell("e")], forecaster: [cell("f", state: "e")], readout: [readout]),
            frame: frame)
        let values = ParameterVector<Float>(network.layout)
        fill(values.flat, seed: 1)
        let weights = network.prepare(values)
        let both = try UnrolledNetwork(network, batch: 2, Unrolling(inputFrames: 3, outputFrames: 2, forecastOffset: 3))
        fill(both.input, seed: 2)
        both.forward(weights)
        for sequence in 0..<2 {
            let alone = try UnrolledNetwork(
                network, batch: 1, Unrolling(inputFrames: 3, outputFrames: 2, forecastOffset: 3))
            for t in 0..<3 { alone.input[t].copy(from: both.input[t][sequence]) }
            alone.forward(weights)
            for t in 0..<2 {
                let (a, b) = (alone.output[t][0], both.output[t][sequence])
                #expect(a.span.indices.allSatisfy { abs(a.span[$0] - b.span[$0]) < 1e-6 })
            }
        }
    }
}
