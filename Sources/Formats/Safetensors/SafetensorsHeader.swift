// The JSON header of a safetensors file, for writing. The choice: Codable under the format's own keys.

/// A tensor's entry in the header, under the format's own keys.
struct SafetensorsEntry: Encodable {
    var dtype: SafetensorsFile.ElementType
    var shape: [Int]
    /// The first byte and the end, counted from the end of the header.
    var data_offsets: [Int]
}

/// The header: one key per tensor, and `__metadata__`.
struct SafetensorsHeader: Encodable {
    static let metadataKey = "__metadata__"
    var metadata: [String: String] = [:]
    var entries: [String: SafetensorsEntry] = [:]

    struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if !metadata.isEmpty { try container.encode(metadata, forKey: Key(Self.metadataKey)) }
        for (name, entry) in entries { try container.encode(entry, forKey: Key(name)) }
    }
}
