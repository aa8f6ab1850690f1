import Foundation
import Kernels
import Model
import Testing

@Suite struct InitializationTests {
    private func network(hidden: Int, tensors: GateTensors = .fused) throws -> Network<Float> {
        let cell = ConvLSTMDescription(hidden: hidden, kernel: 3, tensors: tensors, forgetBias: 1)
        return try Network(
            NetworkDescription(
                encoder: [LayerDescription("cell", .convLSTM(cell))],
                readout: [LayerDescription("out", .convolution(ConvolutionDescription(filters: 1, kernel: 1)))]),
            frame: FeatureShape(height: 4, width: 4, channels: 1))
    }

    private func initialized(_ network: Network<Float>, seed: UInt64) -> ParameterVector<Float> {
        let values = ParameterVector<Float>(network.layout)
        values.initialize(seed: seed)
        return values
    }

    @Test func sameSeedSameNumbersOtherSeedOthers() throws {
        let network = try network(hidden: 3)
        let (one, same, other) = (
            initialized(network, seed: 1), initialized(network, seed: 1), initialized(network, seed: 2)
        )
        let indices = one.flat.span.indices
        #expect(indices.allSatisfy { one.flat.span[$0] == same.flat.span[$0] })
        #expect(indices.contains { one.flat.span[$0] != other.flat.span[$0] })
    }

    @Test func glorotsLimitIsThatOfTheWholeKernel() throws {
        let network = try network(hidden: 8), values = initialized(network, seed: 1)
        let slot = network.layout.slots.first { $0.name == "cell.hidden.kernel" }!
        let numbers = values[slot].span, limit = Float((6.0 / Double(9 * 8 + 9 * 32)).squareRoot())
        #expect(numbers.indices.allSatisfy { abs(numbers[$0]) <= limit })
        #expect(numbers.indices.contains { abs(numbers[$0]) > 0.95 * limit })
    }

    /// With one bias for all gates or one per gate, the forget gate's is 1 and the others are 0.
    @Test(arguments: [GateTensors.fused, .perGate])
    func forgetBias(tensors: GateTensors) throws {
        let network = try network(hidden: 2, tensors: tensors), values = initialized(network, seed: 1)
        var biases: [Float] = []
        for slot in network.layout.slots where slot.name.hasPrefix("cell") && slot.name.hasSuffix("bias") {
            let numbers = values[slot].span
            for i in numbers.indices { biases.append(numbers[i]) }
        }
        #expect(biases == [0, 0, 1, 1, 0, 0, 0, 0])
    }

    /// Returns the initial values of a readout's kernel, and its slot.
    private func kernel(
        _ operation: LayerDescription.Operation, channels: Int = 4, seed: UInt64 = 1
    ) throws -> (Tensor<Float>, ParameterSlot) {
        let network = try Network<Float>(
            NetworkDescription(encoder: [], readout: [LayerDescription("out", operation)]),
            frame: FeatureShape(height: 6, width: 6, channels: channels))
        let slot = network.layout.slots[0]
        return (initialized(network, seed: seed)[slot], slot)
    }

    private func largest(_ tensor: Tensor<Float>) -> Double {
        let numbers = tensor.span
        return numbers.indices.reduce(0) { max($0, abs(Double(numbers[$1]))) }
    }

    @Test func orthogonalKernelsAreOrthonormalAlongTheShorterSide() throws {
        for (channels, filters) in [(4, 4), (1, 40)] {
            let operation = ConvLSTMDescription(
                hidden: filters / 4, kernel: 3, hiddenInitialization: .orthogonal)
            let network = try Network<Float>(
                NetworkDescription(
                    encoder: [LayerDescription("cell", .convLSTM(operation))],
                    readout: [
                        LayerDescription("out", .convolution(ConvolutionDescription(filters: channels, kernel: 1)))
                    ]),
                frame: FeatureShape(height: 4, width: 4, channels: channels))
            let slot = network.layout.slots.first { $0.name == "cell.hidden.kernel" }!
            let q = initialized(network, seed: 1)[slot].matrix, side = min(q.rows, q.columns)
            let products = Tensor<Float>(side, side)
            if q.rows < q.columns {
                multiply(q, q.transposed, into: products.matrix)
            } else {
                multiply(q.transposed, q, into: products.matrix)
            }
            for i in 0..<side * side { #expect(abs(products.span[i] - (i % (side + 1) == 0 ? 1 : 0)) < 1e-5) }
        }
    }

    @Test func orthogonalKernelsWiderThanHigh() throws {
        let (q, _) = try kernel(
            .convolution(ConvolutionDescription(filters: 3, kernel: 1, kernelInitialization: .orthogonal)), channels: 3)
        let products = Tensor<Float>(3, 3)
        multiply(q.matrix, q.matrix.transposed, into: products.matrix)
        for i in 0..<9 { #expect(abs(products.span[i] - (i % 4 == 0 ? 1 : 0)) < 1e-6) }
    }

    /// An element of Q is as often negative as positive, since the directions are uniform. A QR decomposition whose
    /// signs are not fixed fails this.
    @Test func orthogonalMatricesFavourNoSign() throws {
        var positive = 0
        for seed in 1...400 {
            let (q, _) = try kernel(
                .convolution(ConvolutionDescription(filters: 2, kernel: 1, kernelInitialization: .orthogonal)),
                channels: 2, seed: UInt64(seed))
            positive += q.span[0] > 0 ? 1 : 0
        }
        #expect(abs(positive - 200) < 50)
    }

    @Test func normalNumbersHaveTheirDeviation() throws {
        let (numbers, _) = try kernel(
            .convolution(
                ConvolutionDescription(filters: 64, kernel: 5, kernelInitialization: .normal(deviation: 0.01))),
            channels: 64)
        let deviation = (sumOfSquares(numbers) / Double(numbers.count)).squareRoot()
        #expect(abs(deviation - 0.01) < 1e-4)
        #expect(largest(numbers) > 0.03)
    }

    /// PyTorch's limits are `1 / sqrt(weight.size(1) x area)`, for kernel and bias.
    @Test func fanInIsThatOfPyTorch() throws {
        func limits(_ operation: LayerDescription.Operation) throws -> [Initialization] {
            try Network<Float>(
                NetworkDescription(encoder: [], readout: [LayerDescription("out", operation)]),
                frame: FeatureShape(height: 6, width: 6, channels: 4)
            ).layout.slots.map(\.initialization)
        }
        func uniform(_ fanIn: Double) -> [Initialization] {
            [Initialization](repeating: .uniform(limit: 1 / fanIn.squareRoot()), count: 2)
        }
        let plain = ConvolutionDescription(
            filters: 4, kernel: 3, kernelInitialization: .fanIn, biasInitialization: .fanIn)
        #expect(try limits(.convolution(plain)) == uniform(9 * 4))
        let overTime = Convolution3DDescription(
            filters: 4, kernel: 3, kernelTime: 5, kernelInitialization: .fanIn, biasInitialization: .fanIn)
        #expect(try limits(.convolution3D(overTime)) == uniform(45 * 4))
        let up = ConvolutionDescription(
            filters: 7, kernel: 3, kernelInitialization: .fanIn, biasInitialization: .fanIn)
        let down = ConvolutionDescription(filters: 4, kernel: 3)
        let network = try Network<Float>(
            NetworkDescription(
                encoder: [],
                readout: [
                    LayerDescription("up", .transposedConvolution(up)), LayerDescription("down", .convolution(down)),
                ]),
            frame: FeatureShape(height: 6, width: 6, channels: 4))
        #expect(network.layout.slots[..<2].map(\.initialization) == uniform(9 * 7))
    }

    /// The fan in of a ConvLSTM is that of one convolution over input and hidden state. The forget bias is added to the
    /// drawn bias.
    @Test func fanInOfAConvLSTM() throws {
        let cell = ConvLSTMDescription(
            hidden: 5, kernel: 3, kernelInitialization: .fanIn, biasInitialization: .fanIn, forgetBias: 1)
        let network = try Network<Float>(
            NetworkDescription(
                encoder: [LayerDescription("cell", .convLSTM(cell))],
                readout: [LayerDescription("out", .convolution(ConvolutionDescription(filters: 2, kernel: 1)))]),
            frame: FeatureShape(height: 4, width: 4, channels: 2))
        let limit = 1 / Double(9 * 7).squareRoot(), values = initialized(network, seed: 1)
        #expect(network.layout.slots[..<2].allSatisfy { $0.initialization == .uniform(limit: limit) })
        let bias = values[network.layout.slots.first { $0.name == "cell.bias" }!].span
        for i in bias.indices {
            let rest = Double(bias[i]) - ((5..<10).contains(i) ? 1 : 0)
            #expect(abs(rest) <= limit && rest != 0)
        }
    }

    /// Keras counts the kernel's area over all leading axes.
    @Test func glorotOverTime() throws {
        let (numbers, _) = try kernel(.convolution3D(Convolution3DDescription(filters: 4, kernel: 3, kernelTime: 3)))
        let limit = (6.0 / Double(27 * 4 + 27 * 4)).squareRoot()
        #expect(largest(numbers) <= limit && largest(numbers) > 0.95 * limit)
    }

    @Test(arguments: [Initialization.normal(deviation: 0.01), .orthogonal, .fanIn, .uniform(limit: 0.1)])
    func filesHoldThem(initialization: Initialization) throws {
        let data = try JSONEncoder().encode(initialization)
        #expect(try JSONDecoder().decode(Initialization.self, from: data) == initialization)
    }

    /// If files could contain this internal case, they could name columns that a tensor does not have.
    @Test func filesHoldNoForgetBiasButTheLayers() {
        let json = #"{"forgetBias": {"value": 1, "columns": [0, 900], "others": {"constant": {"value": 0}}}}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Initialization.self, from: Data(json.utf8)) }
    }
}
