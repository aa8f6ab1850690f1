// A checkpoint as a model of ONNX: the whole forecast, from values of the data to values of the data. The choice: the number of
// frames is fixed, as in every graph without a loop; the number of sequences is not.

import Configuration
import Formats
import Foundation
import Model
import SwiftProtobuf
import Trainer

extension Checkpoint {
    /// Version 8 of the format, of the same year as the operators.
    private static let irVersion: Int64 = 8

    /// Writes the graph from `input`, (batch, input frames, channels, height, width), NaN where missing, to `forecast`, (batch,
    /// frames, channels, height, width).
    ///
    /// Throws `FormatError` about `file`, the checkpoint's, for weights that are missing or not finite, and about `path` where it
    /// cannot be written; and a usage error for a system of which nothing can be made.
    ///
    /// - Parameter size: the size of the frames; nil for the one that the network was built for.
    /// - Returns: the number of the graph's operators.
    package func writeGraph(
        forecasting frames: Int, of size: FeatureShape?, producer: String, to path: String, file: String
    ) throws -> Int {
        let system = configuration.model, network = try network(frame: size, for: .forecasts), frame = network.frame
        let offset = system.sequences.firstForecast, seen = system.sequences.inputFrames
        try network.check(
            Unrolling(network, inputFrames: seen, forecasting: frames, forecastOffset: offset))
        guard network.hasForecaster || system.network.forecaster.isEmpty else {
            throw TrainingError.usage(
                "the last layer of model \(system.name) does not read its forecaster, and no graph is made of such a system; leave "
                    + "the forecaster out")
        }
        let scale = try ValueGraph(self, file: file), sides = [frame.channels, frame.height, frame.width]
        var builder = GraphBuilder(name: system.name)
        let weights = try LayerWeights(self, of: network, file: file, in: &builder)
        let input = builder.input("input", shape: [nil, seen] + sides)
        var read = builder.frames(of: input, count: seen, scale, readsMask: system.network.readsMask)
        if system.sequences.reversedInput { read.reverse() }
        var graph = NetworkGraph(builder, network, weights, batch: input)
        let made = graph.forecast(read, count: frames, offset: offset)
        builder = graph.builder
        let steps = made.map { builder.unsqueeze($0, axis: 1) }
        let forecast = scale.restored(builder.concatenate(steps, axis: 1), in: &builder)
        builder.output(forecast, named: "forecast", shape: [nil, frames] + sides)
        try write(builder.graph, producer: producer, to: path)
        return builder.graph.node.count
    }

    private func write(_ graph: ONNXGraphProto, producer: String, to path: String) throws {
        var model = ONNXModelProto(), opset = ONNXOperatorSetIdProto(), description = ONNXStringStringEntryProto()
        (opset.domain, opset.version) = ("", GraphBuilder.opset)
        (description.key, description.value) = (WeightDescription.key, try WeightDescription(self).json)
        (model.irVersion, model.graph, model.opsetImport) = (Self.irVersion, graph, [opset])
        (model.producerName, model.producerVersion) = ("convlstm-dist", producer)
        model.metadataProps = [description]
        let bytes: [UInt8]
        do {
            bytes = try model.serializedBytes()
        } catch {
            throw FormatError(
                file: path, problem: "would be larger than the 2 GB that such a file may have",
                advice: "choose --format safetensors")
        }
        let output = try AtomicFile(path: path, expecting: bytes.count)
        try output.append(bytes.span)
        try output.commit()
    }
}

extension GraphBuilder {
    /// The frames of the input one by one, as the network reads them.
    fileprivate mutating func frames(
        of input: Value, count: Int, _ scale: ValueGraph, readsMask: Bool
    ) -> [Value] {
        let isMissing = apply("IsNaN", [input])
        var values = scale.input(input, isMissing: isMissing, in: &self)
        if readsMask {
            // A pixel is there where all its channels are.
            let missing = apply("Cast", [isMissing], ["to": .integer(ONNXTensorProto.DataType.float.rawValue)])
            let any = apply("ReduceMax", [missing], ["axes": .integers([2]), "keepdims": .integer(1)])
            values = concatenate([values, apply("Sub", [number(1), any])], axis: 2)
        }
        return split(values, axis: 1, extent: count, into: count).map { squeeze($0, axis: 1) }
    }
}
