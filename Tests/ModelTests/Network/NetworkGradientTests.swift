import Kernels
import Model
import Testing

/// Every adjoint against finite differences, alone and combined with others.
@Suite struct NetworkGradientTests {
    private let frame = FeatureShape(height: 5, width: 4, channels: 2)

    /// A ConvLSTM and a pointwise readout, with every option of the layer.
    @Test(arguments: [1, 3, 5], [PeepholeForm.none, .perPosition])
    func convLSTM(kernel: Int, peepholes: PeepholeForm) throws {
        for tensors in [GateTensors.fused, .perGate] {
            for isRecurrent in [true, false] {
                let cell = ConvLSTMDescription(
                    hidden: 3, kernel: kernel, peepholes: peepholes, tensors: tensors, isRecurrent: isRecurrent)
                try check(
                    NetworkDescription(
                        encoder: [LayerDescription("cell", .convLSTM(cell))],
                        readout: [readout(filters: 2)]))
            }
        }
    }

    @Test func stackOfLayersWiderThanAVector() throws {
        func layer(_ name: String) -> LayerDescription {
            LayerDescription(name, .convLSTM(ConvLSTMDescription(hidden: 17, kernel: 3, peepholes: .perPosition)))
        }
        try check(NetworkDescription(encoder: [layer("one"), layer("two")], readout: [readout(filters: 2)]))
    }

    @Test func forecasterThatStartsFromTheEncodersState() throws {
        func layer(_ name: String, _ state: String? = nil) -> LayerDescription {
            LayerDescription(name, .convLSTM(ConvLSTMDescription(hidden: 3, kernel: 3, initialState: state)))
        }
        try check(
            NetworkDescription(
                encoder: [layer("e1"), layer("e2")], forecaster: [layer("f1", "e2"), layer("f2", "e1")],
                readout: [readout(from: ["f1", "f2"], filters: 2), LayerDescription("out", .activation(.sigmoid))]),
            inputFrames: 2, outputFrames: 4, loss: .binaryCrossEntropy)
    }

    @Test func parallelLayersReadSideBySide() throws {
        func layer(_ name: String, _ hidden: Int, from: [String]? = nil) -> LayerDescription {
            LayerDescription(
                name, from: from, .convLSTM(ConvLSTMDescription(hidden: hidden, kernel: 3, isRecurrent: from == nil)))
        }
        try check(
            NetworkDescription(
                encoder: [layer("e", 3), layer("a", 2, from: ["e"]), layer("b", 4, from: ["e", "frames"])],
                readout: [readout(from: ["a", "b", "e"], filters: 2)]),
            loss: .halvedSumOfSquares)
    }

    @Test(arguments: [RearrangementDescription.Order.blocks, .reshape])
    func patchesAndBack(order: RearrangementDescription.Order) throws {
        let spaceToDepth = RearrangementDescription(size: 2, order: order)
        let first = LayerDescription("mix", .convolution(ConvolutionDescription(filters: 2, kernel: 3)))
        let cell = ConvLSTMDescription(hidden: 3, kernel: 3)
        try check(
            NetworkDescription(
                encoder: [
                    first, LayerDescription("cut", .spaceToDepth(spaceToDepth)),
                    LayerDescription("cell", .convLSTM(cell)),
                ],
                readout: [readout(filters: 8), LayerDescription("join", .depthToSpace(spaceToDepth))]),
            frame: FeatureShape(height: 4, width: 6, channels: 2))
    }

    @Test(arguments: Activation.allCases, [1, 3, 5]) func convolutions(activation: Activation, kernel: Int) throws {
        try check(
            NetworkDescription(
                encoder: [LayerDescription("first", .convolution(ConvolutionDescription(filters: 3, kernel: kernel)))],
                readout: [
                    LayerDescription("between", .activation(activation)),
                    LayerDescription("last", .convolution(ConvolutionDescription(filters: 2, kernel: kernel))),
                ]))
    }

    @Test(arguments: LossTests.all) func losses(loss: Loss) throws {
        try check(
            NetworkDescription(
                encoder: [], readout: [readout(filters: 2), LayerDescription("out", .activation(.sigmoid))]),
            loss: loss)
    }

    private func readout(from: [String]? = nil, filters: Int) -> LayerDescription {
        LayerDescription("readout", from: from, .convolution(ConvolutionDescription(filters: filters, kernel: 1)))
    }

    private func check(
        _ description: NetworkDescription, frame: FeatureShape? = nil, inputFrames: Int = 3, outputFrames: Int = 3,
        loss: Loss = .meanSquaredError
    ) throws {
        for convolution in [ConvolutionAlgorithm.im2col, .winograd] {
            let checked = try CheckedNetwork(
                description, frame: frame ?? self.frame, inputFrames: inputFrames, outputFrames: outputFrames,
                loss: loss, convolution: convolution)
            let worst = checked.worstError
            #expect(worst.error < 1e-6, "\(worst.name), \(convolution)")
        }
    }
}
