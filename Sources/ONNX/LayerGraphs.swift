// The layers as operators of ONNX. The choice: weights are the tensors of the PyTorch module, under the same names, since ONNX's
// operators have its layouts.

import Configuration
import Kernels
import Model

/// The parameters and shapes of a network's layers.
struct LayerWeights {
    /// The tensors of the file by their names.
    let tensors: [String: Value]

    /// The shape of each layer's output.
    let shapes: [String: FeatureShape]

    /// The tensors of a layer that it has, in the order of the names.
    func of(_ layer: String, _ names: String...) -> [Value] { names.compactMap { tensors["\(layer).\($0)"] } }
}

extension GraphBuilder {
    /// The output of a layer without memory for one step.
    ///
    /// - Parameter shape: that of the input.
    mutating func output(
        of layer: LayerDescription, _ x: Value, _ shape: FeatureShape, _ weights: LayerWeights
    ) -> Value {
        let name = layer.name
        switch layer.operation {
        case .convolution(let d):
            let padding = d.padding ?? d.kernel / 2
            return convolve(
                x, weights.of(name, "weight", "bias"), stride: d.stride, padding: [padding, padding])
        case .transposedConvolution(let d):
            let padding = d.padding ?? d.kernel / 2
            return apply(
                "ConvTranspose", [x] + weights.of(name, "weight", "bias"),
                [
                    "pads": .integers(Array(repeating: padding, count: 4)),
                    "strides": .integers([d.stride, d.stride]),
                ])
        case .batchNormalization(let d):
            return apply(
                "BatchNormalization", [x] + weights.of(name, "weight", "bias", "running_mean", "running_var"),
                ["epsilon": .float(d.epsilon)])
        case .activation(let activation): return apply(activation == .sigmoid ? "Sigmoid" : "Tanh", [x])
        case .leakyReLU(let d): return apply("LeakyRelu", [x], ["alpha": .float(d.slope)])
        case .spaceToDepth(let d):
            guard d.order == .reshape else { return apply("SpaceToDepth", [x], ["blocksize": .integer(d.size)]) }
            return reread(x, shape.height / d.size, shape.width / d.size, shape.channels * d.size * d.size)
        case .depthToSpace(let d):
            guard d.order == .reshape else { return apply("DepthToSpace", [x], ["blocksize": .integer(d.size)]) }
            return reread(x, shape.height * d.size, shape.width * d.size, shape.channels / (d.size * d.size))
        case .convLSTM, .convolution3D: preconditionFailure("a layer with memory")
        }
    }

    /// The numbers of (height, width, channels) in their order, as maps of another shape.
    private mutating func reread(_ x: Value, _ height: Int, _ width: Int, _ channels: Int) -> Value {
        let last = transpose(x, [0, 2, 3, 1])
        return transpose(reshape(last, [0, height, width, channels]), [0, 3, 1, 2])
    }

    /// The hidden and the cell state after a step of a ConvLSTM layer; nil for a state of zeros.
    mutating func step(
        of name: String, _ d: ConvLSTMDescription, _ x: Value?, from state: CellState?, _ weights: LayerWeights,
        batch: Value
    ) -> CellState {
        let shape = weights.shapes[name]!, n = d.hidden
        func zeros(_ graph: inout GraphBuilder) -> Value {
            graph.maps(of: 0, channels: n, height: shape.height, width: shape.width, like: batch)
        }
        let h = if d.isRecurrent, let state { state.hidden } else { zeros(&self) }
        let c = if let state { state.cell } else { zeros(&self) }
        let seen = concatenate([x, h].compactMap { $0 }, axis: 1)
        let sums = convolve(
            seen, weights.of(name, "convolution.weight", "convolution.bias"),
            padding: [d.kernel / 2, d.kernel / 2])
        let gates = split(
            normalized(sums, d, name, shape, weights), axis: 1, extent: 4 * n, into: 4)
        let peepholes = weights.of(name, "peepholes.i", "peepholes.f", "peepholes.o")
        func with(_ a: Value, _ peephole: Int, _ c: Value, _ graph: inout GraphBuilder) -> Value {
            let sum = peepholes.isEmpty ? a : graph.add(a, graph.multiply(peepholes[peephole], c))
            return d.gateActivation == .logistic
                ? graph.apply("Sigmoid", [sum])
                : graph.apply("HardSigmoid", [sum], ["alpha": .float(0.2), "beta": .float(0.5)])
        }
        let i = with(gates[0], 0, c, &self), f = with(gates[1], 1, c, &self), g = apply("Tanh", [gates[2]])
        let cell = add(multiply(f, c), multiply(i, g))
        let o = with(gates[3], 2, cell, &self)
        return CellState(hidden: multiply(o, apply("Tanh", [cell])), cell: cell)
    }

    /// The preactivations, normalized over groups of channels if the layer does so. A group becomes one channel of
    /// InstanceNormalization.
    private mutating func normalized(
        _ a: Value, _ d: ConvLSTMDescription, _ name: String, _ shape: FeatureShape, _ weights: LayerWeights
    ) -> Value {
        let channels = 4 * d.hidden, groups: Int
        switch d.normalization {
        case nil: return a
        case .layer: groups = 1
        case .group(let each): groups = channels / each
        }
        let ones = apply("Expand", [number(1), integers([groups])])
        let zeros = apply("Expand", [number(0), integers([groups])])
        let normal = apply(
            "InstanceNormalization", [reshape(a, [0, groups, -1]), ones, zeros], ["epsilon": .float(1e-5)])
        let maps = reshape(normal, [-1, channels, shape.height, shape.width])
        let affine = weights.of(name, "normalization.weight", "normalization.bias")
        return add(multiply(maps, affine[0]), affine[1])
    }

    /// The steps of a convolution over time. Steps that are not there count as zeros.
    ///
    /// - Parameters:
    ///   - known: all input steps so far.
    ///   - steps: the steps to compute.
    mutating func convolution3D(
        _ name: String, _ d: Convolution3DDescription, _ known: [Value], _ steps: Range<Int>, _ shape: FeatureShape,
        _ weights: LayerWeights, batch: Value
    ) -> [Value] {
        let before = d.timePadding == .causal ? d.kernelTime - 1 : d.kernelTime / 2
        return steps.map { t in
            let window = (t - before..<t - before + d.kernelTime).map { step in
                let frame =
                    known.indices.contains(step)
                    ? known[step]
                    : maps(
                        of: 0, channels: shape.channels, height: shape.height, width: shape.width, like: batch)
                return unsqueeze(frame, axis: 2)
            }
            let sums = convolve(
                concatenate(window, axis: 2), weights.of(name, "weight", "bias"),
                padding: [0, d.kernel / 2, d.kernel / 2])
            return squeeze(sums, axis: 2)
        }
    }
}

/// The state of a ConvLSTM layer.
struct CellState {
    let hidden, cell: Value
}
