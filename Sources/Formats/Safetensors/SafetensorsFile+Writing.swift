// Writes safetensors as the reference library does: header padded to eight bytes, tensors without gaps. The choice:
// keys are sorted, so that equal values give equal bytes.

import Foundation

extension SafetensorsFile {
    /// The file as bytes that are still to be put together.
    package struct Encoding {
        fileprivate let header: [UInt8]
        fileprivate let tensors: [Tensor]

        /// The number of bytes.
        package var size: Int { tensors.reduce(header.count) { $0 + $1.bytes.count } }

        /// Passes the bytes to `sink` piece by piece, in order.
        package func write(to sink: (Span<UInt8>) throws -> Void) throws {
            try sink(header.span)
            for tensor in tensors { try sink(tensor.bytes.span) }
        }
    }

    package var encoding: Encoding {
        get throws {
            let ordered = alignedOrder
            return Encoding(header: try Self.header(of: ordered, metadata: metadata), tensors: ordered)
        }
    }

    /// All bytes of the file.
    package func encoded() throws -> [UInt8] {
        let encoding = try encoding
        var bytes = [UInt8]()
        bytes.reserveCapacity(encoding.size)
        try encoding.write { piece in piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The tensors with larger element types first, otherwise in the given order.
    private var alignedOrder: [Tensor] {
        tensors.enumerated()
            .sorted { ($1.element.type.size, $0.offset) < ($0.element.type.size, $1.offset) }
            .map(\.element)
    }

    private static func header(of tensors: [Tensor], metadata: [String: String]) throws -> [UInt8] {
        var entries = [String: SafetensorsEntry](), offset = 0
        for tensor in tensors {
            let end = offset + tensor.bytes.count
            entries[tensor.name] = SafetensorsEntry(
                dtype: tensor.type, shape: tensor.shape, data_offsets: [offset, end])
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = [UInt8](try encoder.encode(SafetensorsHeader(metadata: metadata, entries: entries)))
        json += [UInt8](repeating: UInt8(ascii: " "), count: -json.count & 7)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json
    }
}
