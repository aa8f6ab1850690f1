import Kernels
import Model
import Testing

/// A pass takes the weights that its network was prepared with last, and no others.
@Suite struct PreparedNetworkTests {
    private static func network() throws -> Network<Float> {
        let readout = [LayerDescription("readout", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))]
        return try Network<Float>(
            NetworkDescription(encoder: [], readout: readout), frame: FeatureShape(height: 4, width: 4, channels: 1))
    }

    private static func unrolled(_ network: Network<Float>) throws -> UnrolledNetwork<Float> {
        try UnrolledNetwork(network, batch: 1, Unrolling(inputFrames: 1, outputFrames: 1, forecastOffset: 1))
    }

    @Test func weightsOfAnEarlierUpdateEndTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let network = try Self.network(), values = ParameterVector<Float>(network.layout)
            let stale = network.prepare(values)
            _ = network.prepare(values)
            try Self.unrolled(network).forward(stale)
        }
    }

    @Test func weightsOfAnotherNetworkEndTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let network = try Self.network(), other = try Self.network()
            try Self.unrolled(network).forward(other.prepare(ParameterVector<Float>(other.layout)))
        }
    }

    @Test func currentWeightsDoNot() async {
        await #expect(processExitsWith: .success) {
            let network = try Self.network(), values = ParameterVector<Float>(network.layout)
            _ = network.prepare(values)
            try Self.unrolled(network).forward(network.prepare(values))
        }
    }
}
