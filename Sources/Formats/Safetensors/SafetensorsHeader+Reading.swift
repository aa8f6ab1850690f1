// Reads the JSON header of a safetensors file. The choice: as strict as the reference library. Foundation's decoder is
// not: it accepts duplicate keys, UTF-16 with a byte order mark, and 4.0 for 4.

extension SafetensorsHeader {
    /// The largest number of axes of a tensor that is read; the format itself has no limit.
    private static let mostAxes = 1024

    /// Throws `TextScanner.Misfit` for text that is not a header, and what `refused` makes of the reason for a header
    /// that contradicts itself.
    init(parsing text: [UInt8], refused: (String) -> FormatError) throws {
        guard String(validating: text, as: UTF8.self) != nil else { throw TextScanner.Misfit() }
        var scanner = TextScanner(text), header = SafetensorsHeader(), hasMetadata = false
        try scanner.expect("{")
        try scanner.members { scanner, name in
            if name == Self.metadataKey {
                guard !hasMetadata else { throw refused("its metadata is there twice") }
                hasMetadata = true
                header.metadata = try Self.metadata(&scanner, refused)
            } else {
                let entry = try Self.entry(from: &scanner, named: name, refused: refused)
                guard header.entries.updateValue(entry, forKey: name) == nil else {
                    throw refused("tensor \(name.quotable) is there twice")
                }
            }
        }
        try scanner.expectEnd()
        self = header
    }

    private static func metadata(
        _ scanner: inout TextScanner, _ refused: (String) -> FormatError
    ) throws -> [String: String] {
        if scanner.takes("null") { return [:] }
        var metadata = [String: String]()
        try scanner.expect("{")
        try scanner.members { scanner, key in
            guard metadata.updateValue(try scanner.jsonString(), forKey: key) == nil else {
                throw refused("its metadata has \(key.quotable) twice")
            }
        }
        return metadata
    }

    private static func entry(
        from scanner: inout TextScanner, named name: String, refused: (String) -> FormatError
    ) throws -> SafetensorsEntry {
        var dtype: SafetensorsFile.ElementType?, shape: [Int]?, offsets: [Int]?
        try scanner.expect("{")
        try scanner.members { scanner, key in
            switch key {
            case "dtype" where dtype == nil:
                let type = try scanner.jsonString()
                dtype = SafetensorsFile.ElementType(rawValue: type)
                if dtype == nil { throw refused("tensor \(name.quotable) is of the unknown type \(type.quotable)") }
            case "shape" where shape == nil: shape = try scanner.naturals(atMost: mostAxes)
            case "data_offsets" where offsets == nil: offsets = try scanner.naturals(atMost: 2)
            case "dtype", "shape", "data_offsets": throw refused("tensor \(name.quotable) has \(key) twice")
            default: try scanner.skipJSON()
            }
        }
        guard let dtype, let shape, let offsets, offsets.count == 2 else { throw TextScanner.Misfit() }
        return SafetensorsEntry(dtype: dtype, shape: shape, data_offsets: offsets)
    }
}
