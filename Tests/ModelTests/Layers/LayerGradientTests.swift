import Kernels
import Model
import NetworkTestSupport
import Testing

/// The adjoints of the stateless layers against finite differences, at sizes that PyTorch's fixtures do not cover.
@Suite struct LayerGradientTests {
    struct Geometry: CustomTestStringConvertible, Sendable {
        var height, width, kernel, stride, padding: Int
        var testDescription: String { "\(height)x\(width), kernel \(kernel), stride \(stride), padding \(padding)" }
    }

    static let geometries = [
        Geometry(height: 7, width: 5, kernel: 3, stride: 2, padding: 1),
        Geometry(height: 6, width: 4, kernel: 4, stride: 2, padding: 1),
        Geometry(height: 6, width: 4, kernel: 2, stride: 2, padding: 0),
        Geometry(height: 9, width: 6, kernel: 5, stride: 3, padding: 1),
        Geometry(height: 4, width: 7, kernel: 1, stride: 3, padding: 0),
        Geometry(height: 5, width: 3, kernel: 4, stride: 1, padding: 0),
    ]

    /// Downsampling and upsampling, over more channels than a vector has lanes.
    @Test(arguments: geometries, [true, false]) func convolutionsAndTheirTransposes(g: Geometry, hasBias: Bool) throws {
        guard (g.kernel <= g.height && g.kernel <= g.width) || g.padding > 0 else { return try upAndDown(g, hasBias) }
        try check(
            [
                LayerDescription("down", .convolution(g.layer(filters: 17, hasBias))),
                LayerDescription("between", .activation(.tanh)),
                LayerDescription("up", .transposedConvolution(g.layer(filters: 2, hasBias))),
            ], frame: FeatureShape(height: g.height, width: g.width, channels: 2))
    }

    private func upAndDown(_ g: Geometry, _ hasBias: Bool) throws {
        try check(
            [
                LayerDescription("up", .transposedConvolution(g.layer(filters: 17, hasBias))),
                LayerDescription("down", .convolution(g.layer(filters: 2, hasBias))),
            ], frame: FeatureShape(height: g.height, width: g.width, channels: 2))
    }

    @Test(arguments: Convolution3DDescription.TimePadding.allCases, [1, 3, 5])
    func convolutionsOverTime(timePadding: Convolution3DDescription.TimePadding, kernelTime: Int) throws {
        let last = Convolution3DDescription(filters: 2, kernel: 3, kernelTime: kernelTime, timePadding: timePadding)
        try check(
            [
                LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: 17, kernel: 3))),
                LayerDescription("last", .convolution3D(last)), LayerDescription("out", .activation(.sigmoid)),
            ], frame: FeatureShape(height: 5, width: 3, channels: 2), frames: 4)
    }

    private func check(_ layers: [LayerDescription], frame: FeatureShape, frames: Int = 2) throws {
        let checked = try CheckedNetwork(
            NetworkDescription(encoder: layers, readout: []), frame: frame, inputFrames: frames, outputFrames: frames)
        let worst = checked.worstError
        #expect(worst.error < 1e-6, "\(worst.name)")
    }

    /// With causal padding the output of a step does not depend on later frames; with `same` padding it does.
    @Test(arguments: Convolution3DDescription.TimePadding.allCases)
    func onlySamePaddingSeesTheFuture(timePadding: Convolution3DDescription.TimePadding) throws {
        let layer = Convolution3DDescription(filters: 1, kernel: 1, kernelTime: 3, timePadding: timePadding)
        let checked = try CheckedNetwork(
            NetworkDescription(encoder: [], readout: [LayerDescription("over", .convolution3D(layer))]),
            frame: FeatureShape(height: 3, width: 3, channels: 1))
        let weights = checked.network.prepare(checked.values)
        checked.unrolled.forward(weights)
        let before = copy(of: checked.unrolled.output)
        checked.unrolled.input[2].fill(5)
        checked.unrolled.forward(weights)
        func changed(_ t: Int) -> Bool {
            let (old, new) = (before[t].span, checked.unrolled.output[t].span)
            return old.indices.contains { old[$0] != new[$0] }
        }
        #expect((0..<3).map(changed) == [false, timePadding == .same, true])
    }
}

extension LayerGradientTests.Geometry {
    fileprivate func layer(filters: Int, _ hasBias: Bool) -> ConvolutionDescription {
        ConvolutionDescription(filters: filters, kernel: kernel, stride: stride, padding: padding, hasBias: hasBias)
    }
}
