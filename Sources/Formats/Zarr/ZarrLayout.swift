// What the JSON of a Zarr array says of its chunks. The choice: one value for both versions; what we do not read is refused here,
// by the name of the codec and with the way out.

/// The layout of a Zarr array.
struct ZarrLayout: Sendable {
    var shape: [Int]
    var chunk: [Int]
    var type: NumberType
    var isBigEndian = false
    /// Whether the first index within a chunk varies fastest.
    var isFortran = false
    var isCompressed = false
    /// What stands where there is no chunk, as bytes of an element.
    var fill: [UInt8]
    /// The beginning of the name of a chunk's file, and what stands between the numbers of it.
    var prefix = ""
    var separator = "."

    /// The largest chunk that is read: it is unpacked as a whole.
    private static let mostChunk = 1 << 30

    private static func refused(_ file: String, _ what: String, _ advice: String) -> FormatError {
        FormatError(file: file, problem: what, advice: advice)
    }

    private static func codec(_ file: String, _ name: String) -> FormatError {
        refused(
            file, "is packed with \(name.quotable), and zstd or nothing is read",
            name.contains("sharding")
                ? "write it without shards"
                : "write it again with zstd, in xarray by encoding={...: {\"compressors\": Zstd()}}")
    }

    private static func damaged(_ file: String, _ key: String) -> FormatError {
        refused(file, "has no sound \(key.quotable)", "copy or make it again")
    }

    /// Reads .zarray.
    init(version2 json: JSONValue, file: String) throws {
        guard let shape = json["shape"]?.naturals, let chunk = json["chunks"]?.naturals, shape.count == chunk.count
        else {
            throw Self.damaged(file, "shape and chunks")
        }
        guard let name = json["dtype"]?.text, name.count >= 3, let type = Self.type(name.dropFirst()) else {
            throw Self.refused(
                file, "holds \((json["dtype"]?.text ?? "records").quotable), which are not numbers",
                "name an array of numbers")
        }
        (self.shape, self.chunk, self.type, isBigEndian) = (shape, chunk, type, name.hasPrefix(">"))
        isFortran = json["order"]?.text == "F"
        if let filters = json["filters"]?.list, let first = filters.first {
            throw Self.codec(file, first["id"]?.text ?? "a filter")
        }
        if let compressor = json["compressor"], compressor != .null {
            guard compressor["id"]?.text == "zstd" else {
                throw Self.codec(file, compressor["id"]?.text ?? "something")
            }
            isCompressed = true
        }
        separator = json["dimension_separator"]?.text == "/" ? "/" : "."
        fill = try Self.fill(json["fill_value"], type, file)
        try check(file)
    }

    /// Reads zarr.json.
    init(version3 json: JSONValue, file: String) throws {
        guard let shape = json["shape"]?.naturals, let grid = json["chunk_grid"],
            let chunk = grid["configuration"]?["chunk_shape"]?.naturals, grid["name"]?.text == "regular",
            shape.count == chunk.count
        else { throw Self.damaged(file, "shape and chunk_grid") }
        let name = json["data_type"]?.text ?? "records"
        guard let type = name == "bool" ? .uint8 : NumberType(rawValue: name) else {
            throw Self.refused(file, "holds \(name.quotable), which are not numbers", "name an array of numbers")
        }
        (self.shape, self.chunk, self.type) = (shape, chunk, type)
        for codec in json["codecs"]?.list ?? [] {
            switch codec["name"]?.text ?? codec.text {
            case "bytes": isBigEndian = codec["configuration"]?["endian"]?.text == "big"
            case "zstd" where !isCompressed: isCompressed = true
            case let name: throw Self.codec(file, name ?? "something")
            }
        }
        let keys = json["chunk_key_encoding"], isDefault = keys?["name"]?.text != "v2"
        prefix = isDefault ? "c" : ""
        separator = keys?["configuration"]?["separator"]?.text ?? (isDefault ? "/" : ".")
        guard separator == "/" || separator == "." else { throw Self.damaged(file, "chunk_key_encoding") }
        fill = try Self.fill(json["fill_value"], type, file)
        try check(file)
    }

    private func check(_ file: String) throws {
        guard shape.count <= 32, shape.reduce(8.0, { $0 * Double(max(1, $1)) }) < 0x1p62 else {
            throw Self.damaged(file, "shape")
        }
        guard !chunk.contains(0), chunk.reduce(Double(type.size), { $0 * Double($1) }) <= Double(Self.mostChunk) else {
            throw Self.refused(
                file, "has chunks of \(chunk), more than \(Self.mostChunk) bytes each", "write it in smaller chunks")
        }
    }

    /// A type of numpy without its byte order, such as "f4".
    private static func type(_ name: Substring) -> NumberType? {
        guard let size = Int(name.dropFirst()), (1...8).contains(size) else { return nil }
        switch name.first {
        case "b": return size == 1 ? .uint8 : nil
        case "u": return NumberType(rawValue: "uint\(size * 8)")
        case "i": return NumberType(rawValue: "int\(size * 8)")
        case "f": return NumberType(rawValue: "float\(size * 8)")
        default: return nil
        }
    }

    /// The bytes of a fill value, which are zeros where there is none.
    private static func fill(_ json: JSONValue?, _ type: NumberType, _ file: String) throws -> [UInt8] {
        guard let json, json != .null else { return [UInt8](repeating: 0, count: type.size) }
        guard let number = json.number, let bytes = type.bytes(of: number) else { throw damaged(file, "fill_value") }
        return bytes
    }

    /// The bytes of a chunk when unpacked.
    var chunkBytes: Int { chunk.reduce(type.size, *) }

    /// The name of a chunk's file.
    func fileName(_ index: [Int]) -> String {
        let numbers = index.map(String.init)
        if prefix.isEmpty { return numbers.isEmpty ? "0" : numbers.joined(separator: separator) }
        return ([prefix] + numbers).joined(separator: separator)
    }
}

extension NumberType {
    /// The little-endian bytes of a number; nil if the type does not hold it.
    func bytes(of number: Double) -> [UInt8]? {
        func bytes<Number: BitwiseCopyable>(_ number: Number?) -> [UInt8]? {
            number.map { number in withUnsafeBytes(of: number) { [UInt8]($0) } }
        }
        return switch self {
        case .uint8: bytes(UInt8(exactly: number))
        case .int8: bytes(Int8(exactly: number))
        case .uint16: bytes(UInt16(exactly: number))
        case .int16: bytes(Int16(exactly: number))
        case .uint32: bytes(UInt32(exactly: number))
        case .int32: bytes(Int32(exactly: number))
        case .uint64: bytes(UInt64(exactly: number))
        case .int64: bytes(Int64(exactly: number))
        case .float16: bytes(Float16(number))
        case .float32: bytes(Float(number))
        case .float64: bytes(number)
        }
    }
}
