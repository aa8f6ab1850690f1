import Configuration
import Model
import NetworkTestSupport
import Testing

/// Layouts of PyTorch's modules, compared with their definition index by index.
@Suite struct ImportedTensorTests {
    /// Elements equal to their position: 1, 2, 3, ...
    private func counting(_ shape: [Int]) -> [Float] { (1...shape.reduce(1, *)).map(Float.init) }

    private func at(_ index: [Int], of shape: [Int]) -> Float {
        Float(zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } + 1)
    }

    private func filled(_ layout: ParameterLayout, _ tensors: [ImportedTensor]) -> ParameterVector<Float> {
        let values = ParameterVector<Float>(layout)
        for tensor in tensors { tensor.fill(values, from: counting(tensor.shape)) }
        return values
    }

    private let gates = GateOrder("f,i,g,o")!

    @Test func aCellsConvolutionIsCutIntoTwoKernels() throws {
        let h = 3, c = 2, k = 3
        let network = try Network<Float>(
            NetworkDescription(
                encoder: [LayerDescription("cell", .convLSTM(ConvLSTMDescription(hidden: h, kernel: k)))],
                readout: [LayerDescription("out", .convolution(ConvolutionDescription(filters: c, kernel: 1)))]),
            frame: FeatureShape(height: 4, width: 5, channels: c))
        let cell = network.description.encoder[0], layout = network.layout
        let tensors = ImportedTensor.all(of: ImportMap.Module("cell", ["m"]), cell.operation, in: layout, gates: gates)
        #expect(tensors.map(\.key) == ["weight", "weight", "bias"])
        #expect(tensors.map(\.shape) == [[4 * h, c + h, k, k], [4 * h, c + h, k, k], [4 * h]])
        let values = filled(layout, tensors), theirs = tensors[0].shape
        // Our order is i, f, g, o and theirs f, i, g, o.
        let places = [1, 0, 2, 3]
        for (tensor, first, inputs) in [(tensors[0], 0, c), (tensors[1], c, h)] {
            let ours = numbers(values[tensor.slot])
            for y in 0..<k {
                for x in 0..<k {
                    for i in 0..<inputs {
                        for o in 0..<4 * h {
                            let number = ours[((y * k + x) * inputs + i) * 4 * h + o]
                            #expect(number == at([places[o / h] * h + o % h, first + i, y, x], of: theirs))
                        }
                    }
                }
            }
        }
        #expect(numbers(values[tensors[2].slot]) == [4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 11, 12])
    }

    @Test func aTransposedConvolutionHasItsInputsFirst() {
        var layout = ParameterLayout()
        let (k, o, i) = (4, 2, 3)
        _ = layout.append("up.kernel", shape: [k, k, o, i], initialization: .glorotUniform)
        _ = layout.append("up.bias", shape: [o], initialization: .constant(value: 0))
        let operation = LayerDescription.Operation.transposedConvolution(ConvolutionDescription(filters: o, kernel: k))
        let tensors = ImportedTensor.all(of: ImportMap.Module("up", ["m"]), operation, in: layout, gates: gates)
        #expect(tensors.map(\.shape) == [[i, o, k, k], [o]])
        let ours = numbers(filled(layout, tensors)[tensors[0].slot])
        for y in 0..<k {
            for x in 0..<k {
                for filter in 0..<o {
                    for channel in 0..<i {
                        #expect(
                            ours[((y * k + x) * o + filter) * i + channel]
                                == at([channel, filter, y, x], of: [i, o, k, k]))
                    }
                }
            }
        }
    }

    @Test func aConvolutionOverTimeKeepsItsTaps() {
        var layout = ParameterLayout()
        let (t, k, i, o) = (3, 1, 2, 4)
        _ = layout.append("c.kernel", shape: [t, k, k, i, o], initialization: .glorotUniform)
        let operation = LayerDescription.Operation.convolution3D(
            Convolution3DDescription(filters: o, kernel: k, kernelTime: t, hasBias: false))
        let tensors = ImportedTensor.all(of: ImportMap.Module("c", ["m"]), operation, in: layout, gates: gates)
        #expect(tensors.map(\.shape) == [[o, i, t, k, k]])
        let ours = numbers(filled(layout, tensors)[tensors[0].slot])
        for tap in 0..<t {
            for channel in 0..<i {
                for filter in 0..<o {
                    #expect(
                        ours[(tap * i + channel) * o + filter]
                            == at([filter, channel, tap, 0, 0], of: [o, i, t, k, k]))
                }
            }
        }
    }

    @Test func aNormalizationFollowsItsGates() {
        var layout = ParameterLayout()
        _ = layout.append("cell.normalization.scale", shape: [8], initialization: .constant(value: 1))
        _ = layout.append("cell.normalization.shift", shape: [8], initialization: .constant(value: 0))
        let operation = LayerDescription.Operation.convLSTM(ConvLSTMDescription(hidden: 2, kernel: 3))
        let module = ImportMap.Module("cell", ["m"], part: .normalization)
        let tensors = ImportedTensor.all(of: module, operation, in: layout, gates: GateOrder("i,f,o,g")!)
        #expect(tensors.map(\.key) == ["weight", "bias"])
        #expect(numbers(filled(layout, tensors).flat) == [1, 2, 3, 4, 7, 8, 5, 6, 1, 2, 3, 4, 7, 8, 5, 6])
    }

    /// All tensors of jhhuang96's network, with the sizes that its author published.
    @Test func theStateDictOfConvLSTMPyTorchIsAccountedFor() {
        let cells = [
            ("en_rnn1", 16, 64), ("en_rnn2", 64, 96), ("en_rnn3", 96, 96), ("dn_rnn1", 96, 96), ("dn_rnn2", 96, 96),
            ("dn_rnn3", 96, 64),
        ]
        let convolutions = [
            ("en_conv1", 3, 1, 16), ("en_conv2", 3, 64, 64), ("en_conv3", 3, 96, 96), ("dn_conv1", 4, 96, 96),
            ("dn_conv2", 4, 96, 96), ("dn_conv3", 3, 64, 16), ("dn_conv4", 1, 16, 1),
        ]
        var layout = ParameterLayout(), operations: [String: LayerDescription.Operation] = [:]
        func append(_ name: String, _ shape: [Int]) {
            _ = layout.append(name, shape: shape, initialization: .constant(value: 0))
        }
        for (name, inputs, h) in cells {
            append("\(name).input.kernel", [5, 5, inputs, 4 * h])
            append("\(name).hidden.kernel", [5, 5, h, 4 * h])
            for kind in ["bias", "normalization.scale", "normalization.shift"] { append("\(name).\(kind)", [4 * h]) }
            operations[name] = .convLSTM(ConvLSTMDescription(hidden: h, kernel: 5))
        }
        for (name, k, inputs, filters) in convolutions {
            let isTransposed = k == 4, sides = isTransposed ? [filters, inputs] : [inputs, filters]
            append("\(name).kernel", [k, k] + sides)
            append("\(name).bias", [filters])
            let description = ConvolutionDescription(filters: filters, kernel: k)
            operations[name] = isTransposed ? .transposedConvolution(description) : .convolution(description)
        }
        #expect(layout.count == 9_032_225)
        var shapes: [String: [Int]] = [:], filled = 0
        for module in ImportMap.convLSTMPyTorch.modules {
            let operation = operations[module.layer]!
            for tensor in ImportedTensor.all(of: module, operation, in: layout, gates: GateOrder("i,f,g,o")!) {
                shapes["\(module.names[0]).\(tensor.key)"] = tensor.shape
                filled += tensor.slot.count
            }
        }
        #expect(filled == layout.count && shapes.values.reduce(0) { $0 + $1.reduce(1, *) } == 9_032_225)
        #expect(shapes.count == 6 * 4 + 7 * 2)
        #expect(shapes["encoder.rnn1.conv.0.weight"] == [256, 80, 5, 5])
        #expect(shapes["decoder.rnn1.conv.1.bias"] == [256])
        #expect(shapes["decoder.stage3.deconv1_leaky_1.weight"] == [96, 96, 4, 4])
        #expect(shapes["decoder.stage1.conv4_leaky_1.weight"] == [1, 16, 1, 1])
    }

    @Test(arguments: ["", "i,f,o", "i,f,o,o", "i,f,o,g,g", "a,b,c,d"]) func fourGatesHaveAnOrder(text: String) {
        #expect(GateOrder(text) == nil)
    }
}
