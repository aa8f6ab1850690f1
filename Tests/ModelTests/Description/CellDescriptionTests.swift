import Kernels
import Model
import NetworkTestSupport
import Testing

/// The tensors of a cell and their initial values, and descriptions that are refused.
@Suite struct CellDescriptionTests {
    private func slots(_ d: ConvLSTMDescription) throws -> [ParameterSlot] { try CheckedCell(d).layout.slots }

    @Test func tensorsOfEveryKind() throws {
        let d = ConvLSTMDescription(
            hidden: 4, kernel: 3, peepholes: .perChannel, normalization: .group(channels: 2), tensors: .perGate,
            hasBias: false)
        let expected =
            ["i", "f", "g", "o"].map { "cell.\($0).input.kernel [3, 3, 2, 4]" }
            + ["i", "f", "g", "o"].map { "cell.\($0).hidden.kernel [3, 3, 4, 4]" }
            + ["cell.normalization.scale [16]", "cell.normalization.shift [16]"]
            + ["i", "f", "o"].map { "cell.\($0).peephole [4]" }
        #expect(try slots(d).map { "\($0.name) \($0.shape)" } == expected)
    }

    @Test func layerNormalizationHasAScaleForEachPlace() throws {
        let slots = try slots(ConvLSTMDescription(hidden: 2, kernel: 3, normalization: .layer)).suffix(2)
        #expect(slots.map(\.shape) == [[5, 3, 8], [5, 3, 8]])
        #expect(slots.map(\.initialization) == [.constant(value: 1), .constant(value: 0)])
    }

    @Test(arguments: GateTensors.allCases) func forgetBiasIsAddedToTheOthers(tensors: GateTensors) throws {
        let d = ConvLSTMDescription(
            hidden: 2, kernel: 1, tensors: tensors, biasInitialization: .constant(value: 0.5), forgetBias: 1)
        let cell = try CheckedCell(d)
        cell.values.initialize(seed: 1)
        let biases = cell.layout.slots.filter { $0.name.hasSuffix("bias") }.flatMap { slot in
            let numbers = cell.values[slot].span
            return numbers.indices.map { numbers[$0] }
        }
        #expect(biases == [0.5, 0.5, 1.5, 1.5, 0.5, 0.5, 0.5, 0.5])
    }

    @Test func biasesMayStartAtRandom() throws {
        let d = ConvLSTMDescription(hidden: 2, kernel: 1, biasInitialization: .uniform(limit: 0.1))
        #expect(try slots(d).last?.initialization == .uniform(limit: 0.1))
    }

    @Test(arguments: [
        (
            ConvLSTMDescription(hidden: 3, kernel: 1, normalization: .group(channels: 5)),
            "groups of 5 channels do not divide the 12"
        ),
        (
            ConvLSTMDescription(hidden: 3, kernel: 1, normalization: .group(channels: 0)),
            "groups of 0 channels do not divide"
        ),
        (
            ConvLSTMDescription(hidden: 3, kernel: 1, hasBias: false, forgetBias: 1),
            "a forgetBias of 1.0 has no bias to be added to"
        ),
    ])
    func refusals(description: ConvLSTMDescription, part: String) {
        let error = #expect(throws: ModelError.self) { try CheckedCell(description) }
        #expect(error?.description.hasPrefix("layer cell: ") == true && error?.description.contains(part) == true)
    }

    /// The stated memory of a batch equals what its unrolled network holds, for all options.
    @Test(arguments: PeepholeForm.allCases) func memoryIsKnownBeforeItIsTaken(peepholes: PeepholeForm) throws {
        for normalization in [nil, GateNormalization.group(channels: 2), .layer] {
            let d = ConvLSTMDescription(hidden: 8, kernel: 3, peepholes: peepholes, normalization: normalization)
            for recomputesGates in [false, true] {
                let network = try Network<Float>(
                    NetworkDescription(encoder: [LayerDescription("cell", .convLSTM(d))], readout: []),
                    frame: FeatureShape(height: 5, width: 3, channels: 8), recomputesGates: recomputesGates)
                let unrolled = try UnrolledNetwork(
                    network, batch: 2, Unrolling(inputFrames: 3, outputFrames: 3, forecastOffset: 3))
                let stated = try network.memory(batch: 2, Unrolling(inputFrames: 3, outputFrames: 3, forecastOffset: 3))
                #expect(stated == bytesHeld(by: unrolled), "\(d)")
            }
        }
    }
}
