// The header of a .npy file: element type, shape and order. The choice: the types in which frames are kept, in either order of
// bytes and axes; everything else is refused with the numpy expression that converts it.

/// The header of a .npy file, versions 1 to 3.
///
/// Source: numpy, "NEP 1: A simple file format for NumPy arrays".
package struct NpyHeader: Equatable, Sendable {
    /// The supported element types, by their numpy names.
    package enum ElementType: String, Sendable {
        case bool = "|b1"
        case uint8 = "|u1"
        case uint16 = "<u2"
        case int16 = "<i2"
        case int32 = "<i4"
        case float16 = "<f2"
        case float32 = "<f4"
        case float64 = "<f8"

        /// The number of bytes per element.
        package var size: Int {
            switch self {
            case .bool, .uint8: 1
            case .uint16, .int16, .float16: 2
            case .int32, .float32: 4
            case .float64: 8
            }
        }
    }

    package var type: ElementType
    package var shape: [Int]
    /// Whether the first byte of a stored element is its most significant one.
    package var isBigEndian = false
    /// Whether the neighbors of an element in memory are those along the first axis, and not along the last.
    package var isFortran = false

    package init(type: ElementType, shape: [Int]) {
        (self.type, self.shape) = (type, shape)
    }

    /// The number of bytes of all elements. Reading a header ensures that this product does not overflow.
    package var byteCount: Int { shape.reduce(type.size, *) }

    private static let magic = [UInt8]("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })
    /// The largest header that is read. It is enough for any shape of plain elements; longer headers describe records.
    private static let longest = 1 << 16

    /// The header of a row-major, little-endian array in version 1.0, padded with spaces to a multiple of 64 bytes as numpy does.
    package var encoded: [UInt8] {
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        let tuple = shape.count == 1 ? extents : String(extents.dropLast())
        let text = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(tuple)), }"
        let padding = -(Self.magic.count + 4 + text.utf8.count + 1) & 63
        let length = text.utf8.count + padding + 1
        return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + text.utf8 + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    }

    /// The header that `encoded` turns into exactly these bytes; nil if there is none.
    package init?(encoded bytes: [UInt8]) {
        let start = Self.magic.count + 4
        guard bytes.count > start, let header = try? NpyHeader(parsing: [UInt8](bytes[start...]), file: "header") else {
            return nil
        }
        guard header.encoded == bytes else { return nil }
        self = header
    }

    /// Reads the header of the array in the `count` bytes at `offset` of a file; its elements start at `dataOffset`.
    ///
    /// Throws `FormatError` if it is not a .npy header, or the array is of another type.
    package static func read(
        from file: InputFile, at offset: Int = 0, count: Int? = nil
    ) throws -> (header: NpyHeader, dataOffset: Int) {
        let count = count ?? file.size, start = try file.bytes(at: offset, count: min(count, FileKind.neededBytes))
        guard start.count >= 12, start.starts(with: magic) else { throw notAnArray(file.path, start) }
        guard (1...3).contains(start[6]) else {
            throw FormatError(
                file: file.path, problem: "is .npy version \(start[6])",
                advice: "save it with a numpy this program knows (1 to 3)")
        }
        let width = start[6] == 1 ? 2 : 4, textOffset = 8 + width
        let length = start[8..<textOffset].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longest else {
            throw FormatError(
                file: file.path, problem: "has a header of \(length) bytes, so it holds records", advice: fieldAdvice)
        }
        guard length <= count - textOffset else { throw file.endsEarly(at: offset + count) }
        let text = try file.bytes(at: offset + textOffset, count: length)
        return (try NpyHeader(parsing: text, file: file.path), offset + textOffset + length)
    }

    /// Whether a file with these first bytes is an array of Python objects.
    static func isOfObjects(_ start: [UInt8]) -> Bool {
        guard start.count > 12, start.starts(with: magic) else { return false }
        let width = start[6] == 1 ? 2 : 4
        let length = start[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard
            case .dictionary(let entries)? = try? PythonLiteral(parsing: [UInt8](start[(8 + width)...].prefix(length))),
            case .string(let name)? = entries["descr"]
        else { return false }
        return name.contains("O")
    }

    /// Whether the `count` bytes at `offset` begin like an array.
    static func starts(in file: InputFile, at offset: Int, count: Int) throws -> Bool {
        try file.bytes(at: offset, count: min(count, magic.count)) == magic
    }

    /// Parses the header's text, a Python dictionary.
    init(parsing text: [UInt8], file: String) throws {
        guard case .dictionary(let entries)? = try? PythonLiteral(parsing: text), entries.count == 3,
            let descr = entries["descr"], case .boolean(let isFortran)? = entries["fortran_order"],
            let extents = entries["shape"]
        else { throw FormatError(file: file, problem: "has a damaged .npy header", advice: "copy or save it again") }
        (type, isBigEndian) = try Self.type(descr, file: file)
        shape = try Self.shape(extents, file: file)
        self.isFortran = isFortran && shape.count > 1
        let bytes = shape.reduce((partialValue: type.size, overflow: false)) { product, extent in
            let (next, overflow) = product.partialValue.multipliedReportingOverflow(by: extent)
            return (next, product.overflow || overflow)
        }
        guard !bytes.overflow else {
            throw FormatError(file: file, problem: "claims the impossible shape \(shape)", advice: "save it again")
        }
    }

    private static func type(_ descr: PythonLiteral, file: String) throws -> (ElementType, isBigEndian: Bool) {
        guard case .string(let name) = descr else {
            throw FormatError(file: file, problem: "holds records, not numbers", advice: fieldAdvice)
        }
        // A byte has no byte order, and a type name without one means native order, which is little-endian here.
        let order = name.first.flatMap { "<>|=".contains($0) ? $0 : nil },
            kind = order == nil ? name[...] : name.dropFirst()
        if kind.hasPrefix("O") {
            throw FormatError(file: file, problem: "holds Python objects, not numbers", advice: objectAdvice)
        }
        if kind.hasPrefix("V") {
            throw FormatError(file: file, problem: "holds records, not numbers", advice: fieldAdvice)
        }
        if let type = known[String(kind)] { return (type, order == ">" && type.size > 1) }
        throw FormatError(file: file, problem: "holds elements of type \(name.quotable)", advice: advice(kind: kind))
    }

    private static let known = [
        "b1": ElementType.bool, "u1": .uint8, "u2": .uint16, "i2": .int16, "i4": .int32, "f2": .float16, "f4": .float32,
        "f8": .float64,
    ]

    /// How to convert an array of numpy's `kind` to a supported type without changing its values.
    private static func advice(kind: Substring) -> String {
        switch kind.first {
        case "?": "save array.astype('bool') instead"
        case "c": "save numpy.abs(array).astype('float32') instead"
        case "i", "u", "f": "save array.astype('float32') instead (astype('uint8') wraps numbers that are not 0 to 255)"
        default: "save numbers, for example with array.astype('float32')"
        }
    }

    private static func shape(_ literal: PythonLiteral, file: String) throws -> [Int] {
        func damaged() -> FormatError {
            FormatError(file: file, problem: "has a damaged shape", advice: "copy or save it again")
        }
        guard case .tuple(let extents) = literal else { throw damaged() }
        guard extents.count <= mostAxes else {
            throw FormatError(
                file: file, problem: "claims \(extents.count) axes, which numpy has not",
                advice: "copy or save it again")
        }
        return try extents.map { extent in
            guard case .integer(let extent) = extent, extent >= 0 else { throw damaged() }
            return extent
        }
    }

    /// numpy's own limit on the number of axes.
    private static let mostAxes = 64
    private static let fieldAdvice = "save one field of it, for example array['x'].astype('float32')"
    private static let objectAdvice = "save numbers of one shape, for example numpy.stack(array).astype('float32')"

    private static func notAnArray(_ file: String, _ start: [UInt8]) -> FormatError {
        if start.starts(with: magic) || magic.starts(with: start), !start.isEmpty {
            return FormatError(
                file: file, problem: "is cut short: it ends at byte \(start.count)", advice: "copy or make it again")
        }
        return FileKind.error(file, start, not: "a .npy array", advice: "save it with numpy.save")
    }
}
