// From the values of the data to those of the network and back, as operators. The choice: the map is in the graph, so that who
// runs it needs to know nothing of scales; in single precision, as tools compute everything else.

import Configuration
import Foundation
import Model
import Trainer

/// The map of a checkpoint between the values of its data and the network's.
struct ValueGraph {
    private let range: ClosedRange<Float>
    private let transform: TransformDescription?
    private let maxValue: Float
    private let fill: Float?
    private let isReflectivity: Bool

    /// Throws a usage error about a transform that makes no sense for values in the checkpoint's unit.
    init(_ checkpoint: Checkpoint, file: String) throws(TrainingError) {
        let frames = checkpoint.configuration.model.sequences
        (range, transform, maxValue) = (checkpoint.valueRange, frames.transform, Float(frames.maxValue))
        (fill, isReflectivity) = (frames.fill.map { Float($0) }, checkpoint.unit == "dBZ")
        if let transform { _ = try ValueTransform(transform, unit: checkpoint.unit, of: file) }
    }

    /// The factor of the range; one of a single value has no width to scale by.
    private var factor: Float {
        range.upperBound > range.lowerBound ? maxValue / (range.upperBound - range.lowerBound) : 1
    }

    /// The network's values of values of the data, of which those that are NaN become what stands for missing ones.
    func input(_ values: Value, isMissing: Value, in graph: inout GraphBuilder) -> Value {
        let filled = if let fill { scaled(graph.number(fill), in: &graph) } else { graph.number(0) }
        return graph.apply("Where", [isMissing, filled, scaled(values, in: &graph)])
    }

    private func scaled(_ v: Value, in graph: inout GraphBuilder) -> Value {
        let x: Value
        switch transform {
        case nil: return graph.multiply(graph.add(v, graph.number(-range.lowerBound)), graph.number(factor))
        case .linear(let it): x = scaled(v, from: it.from, to: it.to, in: &graph)
        case .dBZ(let it):
            var dBZ = v
            if !isReflectivity {
                // 10 lg(a R^b), which is minus infinity for no rain.
                let logarithm = graph.apply("Log", [graph.apply("Max", [v, graph.number(0)])])
                dBZ = graph.line(logarithm, factor: Float(10 * it.b / log(10)), offset: Float(10 * log10(it.a)))
            }
            x = scaled(dBZ, from: it.from, to: it.to, in: &graph)
        case .logarithm(let it):
            let rain = graph.apply("Max", [v, graph.number(0)])
            let sum = graph.line(rain, factor: Float(1 / it.scale), offset: 1)
            x = graph.line(graph.apply("Log", [sum]), factor: Float(1 / log1p(it.to / it.scale)), offset: 0)
        }
        return graph.multiply(graph.clip(x, 0, 1), graph.number(maxValue))
    }

    private func scaled(_ v: Value, from: Double, to: Double, in graph: inout GraphBuilder) -> Value {
        graph.multiply(graph.add(v, graph.number(Float(-from))), graph.number(Float(1 / (to - from))))
    }

    /// The values of the data of the network's.
    func restored(_ y: Value, in graph: inout GraphBuilder) -> Value {
        guard let transform else { return graph.line(y, factor: 1 / factor, offset: range.lowerBound) }
        let x = graph.clip(graph.line(y, factor: 1 / maxValue, offset: 0), 0, 1)
        switch transform {
        case .linear(let it): return graph.line(x, factor: Float(it.to - it.from), offset: Float(it.from))
        case .dBZ(let it):
            guard !isReflectivity else {
                return graph.line(x, factor: Float(it.to - it.from), offset: Float(it.from))
            }
            // R = 10^((dBZ / 10 - lg a) / b), and 0 of 0.
            let root = log(10) / it.b
            let power = graph.line(
                x, factor: Float((it.to - it.from) / 10 * root), offset: Float((it.from / 10 - log10(it.a)) * root))
            let isRain = graph.apply("Greater", [x, graph.number(0)])
            return graph.apply("Where", [isRain, graph.apply("Exp", [power]), graph.number(0)])
        case .logarithm(let it):
            let power = graph.apply("Exp", [graph.line(x, factor: Float(log1p(it.to / it.scale)), offset: 0)])
            return graph.line(graph.add(power, graph.number(-1)), factor: Float(it.scale), offset: 0)
        }
    }
}
