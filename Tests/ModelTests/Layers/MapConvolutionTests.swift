import Kernels
import Model
import NetworkTestSupport
import Testing

/// Convolutions of single time steps in the Winograd domain against im2col.
@Suite struct MapConvolutionTests {
    private static let layers = [
        LayerDescription("first", .convolution(ConvolutionDescription(filters: 16, kernel: 3))),
        LayerDescription("down", .convolution(ConvolutionDescription(filters: 32, kernel: 3, stride: 2))),
        LayerDescription("between", .activation(.tanh)),
        LayerDescription(
            "up", .transposedConvolution(ConvolutionDescription(filters: 16, kernel: 4, stride: 2, padding: 1))),
        LayerDescription("last", .convolution(ConvolutionDescription(filters: 2, kernel: 5))),
    ]

    private static let frame = FeatureShape(height: 22, width: 12, channels: 2)

    private func network(_ convolution: ConvolutionAlgorithm) throws -> CheckedNetwork {
        try CheckedNetwork(
            NetworkDescription(encoder: Self.layers, readout: []), frame: Self.frame, batch: 25,
            convolution: convolution)
    }

    /// A batch of more tiles than go through at once, in each layer.
    @Test func lossesAndGradientsAreThoseOfIm2col() throws {
        let (winograd, im2col) = (try network(.winograd), try network(.im2col))
        #expect(winograd.network.winogradConvolutions == ["first", "down", "up", "last"])
        #expect(im2col.network.winogradConvolutions == [])
        let losses = (winograd.evaluate(withGradient: true), im2col.evaluate(withGradient: true))
        #expect(abs(losses.0 - losses.1) < 1e-10 * losses.1)
        for slot in winograd.network.layout.slots {
            let (one, other) = (winograd.gradient[slot], im2col.gradient[slot])
            #expect(worstDifference(one, other) < 1e-10 && dot(other, other) > 1e-9, "\(slot.name)")
        }
    }

    /// A forecast has the weights of one direction alone.
    @Test func forecastsAreThoseOfIm2col() throws {
        let description = NetworkDescription(encoder: Self.layers, readout: [])
        let unrolling = Unrolling(inputFrames: 3, outputFrames: 3, forecastOffset: 3)
        let outputs = try [ConvolutionAlgorithm.winograd, .im2col].map { algorithm in
            let network = try Network<Double>(
                description, frame: Self.frame, convolution: algorithm, for: .forecasts)
            let values = ParameterVector<Double>(network.layout)
            fill(values.flat, seed: 1, scale: 0.5)
            let forecast = try ForecastNetwork(network, batch: 2, unrolling)
            fill(forecast.input, seed: 2)
            forecast.forward(network.prepare(values))
            return copy(of: forecast.output)
        }
        #expect(worstDifference(outputs[0], outputs[1]) < 1e-10 && dot(outputs[1], outputs[1]) > 1)
    }
}
