// Writes safetensors as the reference library does: header padded to eight bytes, tensors without gaps. The choice:
// keys are sorted, so that equal values give equal bytes.

import Foundation

extension SafetensorsFile {
    /// Passes the bytes of the file to `sink` piece by piece, in order.
    ///
    /// - Parameter announce: called first, with the number of bytes.
    package func write(
        announcing announce: (Int) throws -> Void = { _ in }, to sink: (Span<UInt8>) throws -> Void
    )
        throws
    {
        let ordered = alignedOrder
        let header = try Self.header(of: ordered, metadata: metadata)
        try announce(ordered.reduce(header.count) { $0 + $1.bytes.count })
        try sink(header.span)
        for tensor in ordered {
            try sink(tensor.bytes.span)
        }
    }

    /// All bytes of the file.
    package func encoded() throws -> [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(tensors.reduce(4096) { $0 + $1.bytes.count })
        try write { piece in piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) } }
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
