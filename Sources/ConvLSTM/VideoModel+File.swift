// Models in files. The choice: safetensors, which PyTorch and numpy open by name, with the network's numbers as metadata, so
// that a file is all that a forecast takes.

import Formats
import Foundation
import Kernels
import Model

extension VideoModel {
    /// The key of the metadata that describes the network.
    private static let key = "convlstm"

    /// The largest file that is read, in bytes.
    private static let largestFile = 1 << 34

    /// What the metadata say, as JSON.
    private struct Description: Codable {
        var version = 1
        var network: EncoderForecaster
        var frame: FrameShape
    }

    /// Saves the model as a safetensors file, which appears complete or not at all.
    ///
    /// The file holds every tensor as F32 under the name of its layer, such as "encoder1.input.kernel", and the numbers
    /// of the network.
    ///
    /// - Parameter path: the file's name; a file of that name is replaced.
    /// - Throws: ``ConvLSTMError`` if the file cannot be written.
    public func save(to path: String) throws(ConvLSTMError) {
        let layout = try Self.layout(network, frame: frame)
        try ConvLSTMError.wrapping {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let json = try encoder.encode(Description(network: network, frame: frame))
            let tensors = layout.slots.map { slot in
                SafetensorsFile.Tensor(
                    name: slot.name, shape: slot.shape, floats: parameters.span.extracting(slot.range))
            }
            let content = SafetensorsFile(
                tensors: tensors, metadata: [Self.key: String(decoding: json, as: UTF8.self)])
            let encoding = try content.encoding, file = try AtomicFile(path: path, expecting: encoding.size)
            try encoding.write { try file.append($0) }
            try file.commit()
        }
    }

    /// Loads a model that was saved.
    ///
    /// It forecasts the same bits as the one that was saved, on the same kind of machine.
    ///
    /// - Parameter path: the file's name.
    /// - Throws: ``ConvLSTMError`` if there is no such file, if it is damaged, or if `save` did not write it.
    public init(contentsOf path: String) throws(ConvLSTMError) {
        self = try ConvLSTMError.wrapping {
            let file = try InputFile(path: path)
            guard file.size <= Self.largestFile else {
                throw FormatError(file: path, problem: "has \(file.size) bytes", advice: "name a file of a model")
            }
            let content = try SafetensorsFile(decoding: file.bytes(), file: path)
            let description = try Self.description(in: content, file: path)
            return try Self.model(description, of: content, file: path)
        }
    }

    private static func description(in content: SafetensorsFile, file: String) throws -> Description {
        guard let json = content.metadata[key] else {
            throw FormatError(
                file: file, problem: "holds tensors without the description of their network",
                advice: "name a file that `VideoModel.save` wrote")
        }
        do {
            let description = try JSONDecoder().decode(Description.self, from: Data(json.utf8))
            guard description.version == 1 else {
                throw FormatError(
                    file: file,
                    problem: "is a model of version \(description.version), and this library reads version 1",
                    advice: "use the library that wrote it")
            }
            return description
        } catch is DecodingError {
            throw FormatError(
                file: file, problem: "has a description of its network that cannot be read", advice: "save it again")
        }
    }

    private static func model(
        _ description: Description, of content: SafetensorsFile, file: String
    ) throws -> VideoModel {
        let layout = try layout(description.network, frame: description.frame)
        let values = ParameterVector<Float>(layout)
        func refused(_ problem: String) -> FormatError {
            FormatError(file: file, problem: problem, advice: "use a file as `VideoModel.save` wrote it")
        }
        for slot in layout.slots {
            guard let tensor = content[slot.name] else { throw refused("lacks tensor \(slot.name) of its network") }
            guard tensor.shape == slot.shape else {
                throw refused("holds tensor \(slot.name) of shape \(tensor.shape), and its network has \(slot.shape)")
            }
            var span = values[slot].mutableSpan
            try tensor.copy(into: &span, file: file)
        }
        if let stray = content.tensors.first(where: { tensor in !layout.slots.contains { $0.name == tensor.name } }) {
            throw refused("holds tensor \(stray.name.quotable), which its network has not")
        }
        guard sumOfSquares(values.flat).isFinite else { throw refused("holds values that are not finite") }
        return VideoModel(description.network, frame: description.frame, parameters: values)
    }
}
