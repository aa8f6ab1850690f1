// Named tensors in the safetensors format: a JSON header, then the bytes. The choice: the widest element types come
// first, so that every tensor is aligned wherever the file is mapped.

/// The tensors and metadata of a safetensors file, as a value.
///
/// Source: https://github.com/huggingface/safetensors, section "Format".
package struct SafetensorsFile: Equatable, Sendable {
    /// The type of a tensor's elements, by the format's own names.
    package enum ElementType: String, Codable, Sendable {
        case float64 = "F64"
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint64 = "U64"
        case uint32 = "U32"
        case uint16 = "U16"
        case uint8 = "U8"
        case bool = "BOOL"

        /// The number of bytes per element.
        package var size: Int {
            switch self {
            case .float64, .int64, .uint64: 8
            case .float32, .int32, .uint32: 4
            case .float16, .bfloat16, .int16, .uint16: 2
            case .int8, .uint8, .bool: 1
            }
        }
    }

    /// One named array.
    package struct Tensor: Equatable, Sendable {
        package var name: String
        package var type: ElementType
        package var shape: [Int]
        /// The elements in row-major order, little-endian.
        package var bytes: ArraySlice<UInt8>

        package init(name: String, type: ElementType, shape: [Int], bytes: ArraySlice<UInt8>) {
            precondition(bytes.count == shape.reduce(type.size, *), "\(name): bytes and shape disagree")
            (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
        }
    }

    /// The header's `__metadata__`.
    package var metadata: [String: String]
    package var tensors: [Tensor]

    package init(tensors: [Tensor], metadata: [String: String] = [:]) {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "each tensor needs a name of its own")
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// The tensor with that name, or nil.
    package subscript(name: String) -> Tensor? {
        tensors.first { $0.name == name }
    }
}

extension SafetensorsFile.Tensor {
    /// Makes a tensor from a copy of 32-bit floats.
    package init(name: String, shape: [Int], floats: Span<Float>) {
        let bytes = floats.withUnsafeBytes { [UInt8]($0) }
        self.init(name: name, type: .float32, shape: shape, bytes: bytes[...])
    }

    /// Copies the elements of an F32 tensor to `values`.
    ///
    /// Throws `FormatError` about `file` if the tensor has another element type or another count than `values`.
    package func copy(into values: inout MutableSpan<Float>, file: String) throws {
        guard type == .float32, bytes.count == values.count * type.size else {
            let found = "holds tensor \(name) as \(type.rawValue) \(shape), not \(values.count) numbers of F32"
            throw FormatError(file: file, problem: found, advice: "use the file of a model of the same configuration")
        }
        let bytes = bytes
        values.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { source in target.copyBytes(from: source) } }
    }
}
