// A network unrolled over the frames of a forecast, as a graph. The choice: every step is written out, since a loop of ONNX could
// not be read in a viewer, and few tools optimize one. Steps run in the same order as in `UnrolledLayers`.

import Configuration
import Kernels
import Model

/// The steps of each layer that are known, by the layer's name.
typealias Steps = [String: [Value]]

/// Writes a network into a graph.
struct NetworkGraph {
    private(set) var builder: GraphBuilder
    private let network: Network<Float>
    private let weights: LayerWeights

    /// Any value whose first extent is that of the batch.
    private let batch: Value

    /// The states of ConvLSTM layers, and the past inputs of convolutions over time.
    private var states: [String: CellState] = [:]
    private var pasts: Steps = [:]

    private var description: NetworkDescription { network.description }

    init(_ builder: GraphBuilder, _ network: Network<Float>, _ weights: LayerWeights, batch: Value) {
        (self.builder, self.network, self.weights, self.batch) = (builder, network, weights, batch)
    }

    /// The frames after the given ones, all in the network's values.
    ///
    /// - Parameter offset: the frame that the first output of a network without a forecaster stands for.
    mutating func forecast(_ frames: [Value], count: Int, offset: Int) -> [Value] {
        description.forecaster.isEmpty
            ? continued(frames, count: count, offset: offset) : forecasterOutputs(frames, count: count)
    }

    /// Without a forecaster output k stands for frame k + offset, and is read there when the frames end.
    private mutating func continued(_ frames: [Value], count: Int, offset: Int) -> [Value] {
        var read = frames, outputs: [Value] = []
        let first = frames.count - offset
        while !read.isEmpty {
            let encoded = run(description.encoder, first: read, ["frames": read])
            outputs += run(description.readout, first: encoded.last, encoded.known).last
            let needed = max(0, first + count - outputs.count)
            read = outputs.suffix(offset).prefix(needed).map { fed($0) }
        }
        return Array(outputs[first..<first + count])
    }

    private mutating func forecasterOutputs(_ frames: [Value], count: Int) -> [Value] {
        let seen = description.forecasterInput == .previousFrame ? Array(frames.dropLast()) : frames
        let encoded = run(description.encoder, first: seen, ["frames": seen])
        var known = encoded.known
        switch description.forecasterInput {
        case .nothing, .zeros:
            let input = zeros.map { Array(repeating: $0, count: count) } ?? Array(repeating: nil, count: count)
            let made = run(description.forecaster, first: input, known)
            return run(description.readout, first: made.last, made.known).last
        case .lastHidden:
            var x = encoded.last.last!, made: [Value] = []
            for _ in 0..<count {
                let step = run(description.forecaster, first: [x], known)
                for layer in description.forecaster { known[layer.name, default: []] += step.known[layer.name]! }
                x = step.last[0]
                made.append(x)
            }
            return run(description.readout, first: made, known).last
        case .previousFrame:
            var x = frames.last!, made: [Value] = []
            for _ in 0..<count {
                let step = run(description.forecaster, first: [x], known)
                let output = run(description.readout, first: step.last, step.known).last[0]
                made.append(output)
                x = fed(output)
            }
            return made
        }
    }

    /// What a forecaster reads that reads zeros; nil for one that reads nothing.
    private var zeros: Value? {
        mutating get {
            guard case .zeros(let channels) = description.forecasterInput, let first = description.forecaster.first
            else { return nil }
            let shape = weights.shapes[first.name]!
            return builder.maps(of: 0, channels: channels, height: shape.height, width: shape.width, like: batch)
        }
    }

    /// An own frame as the network reads it: with a mask, all of its pixels count as observed.
    private mutating func fed(_ frame: Value) -> Value {
        guard description.readsMask else { return frame }
        let (height, width) = (network.frame.height, network.frame.width)
        let mask = builder.maps(of: 1, channels: 1, height: height, width: width, like: batch)
        return builder.concatenate([frame, mask], axis: 1)
    }

    /// Runs layers over all steps that are known.
    ///
    /// - Parameter first: what the first layer reads; nil for nothing.
    /// - Returns: the steps of the last layer, and those of all layers.
    private mutating func run(
        _ layers: [LayerDescription], first: [Value?], _ known: Steps
    ) -> (last: [Value], known: Steps) {
        var known = known, last = first
        for layer in layers {
            let sources: [[Value?]] = layer.from?.map { known[$0]! } ?? [last]
            let inputs = sources[0].indices.map { t -> Value? in
                let parts = sources.compactMap { $0[t] }
                return parts.isEmpty ? nil : builder.concatenate(parts, axis: 1)
            }
            let outputs = outputs(of: layer, inputs)
            (known[layer.name], last) = (outputs, outputs)
        }
        return (last.compactMap { $0 }, known)
    }

    private mutating func outputs(of layer: LayerDescription, _ inputs: [Value?]) -> [Value] {
        switch layer.operation {
        case .convLSTM(let d):
            return inputs.map { x in
                let state = states[layer.name] ?? d.initialState.flatMap { states[$0] }
                let next = builder.step(of: layer.name, d, x, from: state, weights, batch: batch)
                states[layer.name] = next
                return next.hidden
            }
        case .convolution3D(let d):
            let past = pasts[layer.name] ?? [], known = past + inputs.compactMap { $0 }
            pasts[layer.name] = known
            return builder.convolution3D(
                layer.name, d, known, past.count..<known.count, network.inputShapes[layer.name]!, weights,
                batch: batch)
        default:
            let shape = network.inputShapes[layer.name]!
            return inputs.compactMap { $0 }.map { builder.output(of: layer, $0, shape, weights) }
        }
    }
}
