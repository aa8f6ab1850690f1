import Foundation
import Model
import Testing

/// The output shapes and limits of the stateless layers, and their error messages.
@Suite struct LayerDescriptionTests {
    private let frame = FeatureShape(height: 6, width: 5, channels: 2)

    private func build(_ layers: LayerDescription.Operation...) throws -> Network<Float> {
        let layers = layers.enumerated().map { LayerDescription("s\($0.offset)", $0.element) }
        return try Network(NetworkDescription(encoder: [], readout: layers), frame: frame)
    }

    private func expect(
        _ part: String, _ operation: LayerDescription.Operation, location: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ModelError.self, sourceLocation: location) { try build(operation) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("s0") && sentence.contains(part), "\(sentence)", sourceLocation: location)
    }

    @Test func impossibleConvolutions() {
        func convolution(
            _ filters: Int, _ kernel: Int, stride: Int = 1, padding: Int? = nil
        ) -> LayerDescription.Operation {
            .convolution(ConvolutionDescription(filters: filters, kernel: kernel, stride: stride, padding: padding))
        }
        expect("kernel 0 and 1 filters", convolution(1, 0))
        expect("kernel 3 and 0 filters", convolution(0, 3))
        expect("kernel is 4000000000000000; choose at most", convolution(1, 4_000_000_000_000_000))
        expect("kernel 4 is even", convolution(1, 4, stride: 2))
        expect("stride 0", convolution(1, 3, stride: 0))
        expect("padding 3 of kernel 3; choose 0 to 2", convolution(1, 3, padding: 3))
        expect("padding -1 of kernel 3", convolution(1, 3, padding: -1))
        expect("larger than feature maps of 6 x 5 x 2", convolution(1, 7, padding: 0))
    }

    @Test func impossibleTransposedConvolutions() {
        expect("kernel 4 is even", .transposedConvolution(ConvolutionDescription(filters: 1, kernel: 4, stride: 2)))
        expect(
            "padding 8 leaves nothing of feature maps of 6 x 5 x 2",
            .transposedConvolution(ConvolutionDescription(filters: 1, kernel: 9, padding: 8)))
    }

    @Test func impossibleConvolutionsOverTime() {
        expect("kernel 3 over 2 steps", .convolution3D(Convolution3DDescription(filters: 1, kernel: 3, kernelTime: 2)))
        expect("kernel 4 over 3 steps", .convolution3D(Convolution3DDescription(filters: 1, kernel: 4, kernelTime: 3)))
        expect("over -1 steps", .convolution3D(Convolution3DDescription(filters: 1, kernel: 3, kernelTime: -1)))
        expect("0 filters", .convolution3D(Convolution3DDescription(filters: 0, kernel: 3, kernelTime: 3)))
    }

    @Test(arguments: [-0.1, .infinity, .nan]) func impossibleSlopes(slope: Double) {
        expect("a slope of \(slope)", .leakyReLU(LeakyReLUDescription(slope: slope)))
    }

    /// The tensors and the multiply-adds per step are those of PyTorch's layers.
    @Test func tensorsAndCosts() throws {
        let network = try build(
            .convolution(ConvolutionDescription(filters: 3, kernel: 3, padding: 0)),
            .transposedConvolution(ConvolutionDescription(filters: 4, kernel: 3, padding: 0)),
            .convolution3D(Convolution3DDescription(filters: 2, kernel: 1, kernelTime: 5, hasBias: false)))
        #expect(network.layout.slots.map(\.name) == ["s0.kernel", "s0.bias", "s1.kernel", "s1.bias", "s2.kernel"])
        #expect(network.layout.slots.map(\.shape) == [[3, 3, 2, 3], [3], [3, 3, 4, 3], [4], [5, 1, 1, 4, 2]])
        let costs = [4 * 3 * 9 * 2 * 3, 4 * 3 * 9 * 3 * 4, 6 * 5 * 5 * 4 * 2]
        #expect(
            network.multiplyAdds(Unrolling(inputFrames: 1, outputFrames: 1, forecastOffset: 1)) == costs.reduce(0, +))
    }

    /// Filters and kernel are the only required keys of a file.
    @Test func filesMayLeaveOutWhatHasADefault() throws {
        func layer(_ json: String) throws -> LayerDescription {
            try JSONDecoder().decode(LayerDescription.self, from: Data(json.utf8))
        }
        #expect(
            try layer(#"{"name": "a", "transposedConvolution": {"filters": 3, "kernel": 5}}"#).operation
                == .transposedConvolution(ConvolutionDescription(filters: 3, kernel: 5)))
        #expect(
            try layer(#"{"name": "a", "convolution3D": {"filters": 1, "kernel": 3, "kernelTime": 3}}"#).operation
                == .convolution3D(Convolution3DDescription(filters: 1, kernel: 3, kernelTime: 3)))
    }
}
