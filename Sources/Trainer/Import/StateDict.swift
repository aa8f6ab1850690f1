// A PyTorch state dict in a safetensors file. The choice: the prefix `module.` of DataParallel is dropped on
// reading, so that later code sees one spelling.

import Platform
import Formats

/// Named tensors of 32-bit floats.
struct StateDict {
    let path: String
    private let tensors: [String: SafetensorsFile.Tensor]

    /// The maximum size of a file in bytes, as it is read whole.
    private static let largest = 1 << 32

    /// Throws `FormatError` for a file that is not an intact safetensors file of 32-bit floats.
    init(path: String) throws {
        let content = try Self.content(of: path)
        var tensors: [String: SafetensorsFile.Tensor] = [:]
        for tensor in content.tensors {
            let name = tensor.name.hasPrefix("module.") ? String(tensor.name.dropFirst(7)) : tensor.name
            guard tensors.updateValue(tensor, forKey: name) == nil else {
                throw FormatError(
                    file: path, problem: "holds \(name.quotable()) with and without `module.`",
                    advice: "leave one of the two out")
            }
            guard tensor.type == .float32 else {
                throw FormatError(
                    file: path, problem: "holds \(tensor.name.quotable()) as \(tensor.type.rawValue)",
                    advice: "save it again after `.float()`"
                )
            }
        }
        (self.path, self.tensors) = (path, tensors)
    }

    /// All of a safetensors file.
    ///
    /// Throws `FormatError` for a file that is not an intact one.
    static func content(of path: String) throws -> SafetensorsFile {
        let file = try InputFile(path: path)
        guard file.size <= largest else {
            throw FormatError(
                file: path, problem: "has \(file.size) bytes",
                advice: "give a file of weights of at most \(largest)")
        }
        return try SafetensorsFile(decoding: file.bytes(), file: path)
    }

    /// The names without the prefix, sorted.
    var names: [String] { tensors.keys.sorted() }

    func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// All elements of a tensor, row-major.
    func elements(of name: String) throws -> [Float] {
        let tensor = tensors[name]!
        var elements = [Float](repeating: 0, count: tensor.shape.reduce(1, *)), span = elements.mutableSpan
        try tensor.copy(into: &span, file: path)
        return elements
    }
}
