// What stands before the numbers of a .npy file: element type and shape. The choice: three element types, row-major and
// little-endian; everything else is refused with the numpy expression that converts it.

import Foundation

/// The header of a .npy file, versions 1 to 3.
///
/// Source: numpy, "NEP 1: A simple file format for NumPy arrays".
package struct NpyHeader: Equatable, Sendable {
    /// The element types that are read, by numpy's names.
    package enum ElementType: String, Sendable {
        case uint8 = "|u1", float32 = "<f4", float64 = "<f8"

        /// Bytes per element.
        package var size: Int {
            switch self {
            case .uint8: 1
            case .float32: 4
            case .float64: 8
            }
        }
    }

    package var type: ElementType
    package var shape: [Int]

    package init(type: ElementType, shape: [Int]) {
        (self.type, self.shape) = (type, shape)
    }

    /// Bytes of the numbers. The product of a header that was read is known not to overflow.
    package var byteCount: Int { shape.reduce(type.size, *) }

    private static let magic = [UInt8]("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) })
    /// Enough for any shape of numbers; a longer header describes records.
    private static let longest = 1 << 16

    /// The header as version 1.0, padded with spaces to a multiple of 64 bytes as numpy does.
    package var encoded: [UInt8] {
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        let tuple = shape.count == 1 ? extents : String(extents.dropLast())
        let text = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(tuple)), }"
        let padding = -(Self.magic.count + 4 + text.utf8.count + 1) & 63
        let length = text.utf8.count + padding + 1
        return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + text.utf8 + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    }

    /// Reads the header at `offset` of a file; `dataOffset` is where its numbers start.
    ///
    /// Throws `FormatError` when it is no .npy header, or describes an array that is not one of the three types in
    /// row-major order.
    package static func read(from file: InputFile, at offset: Int = 0) throws -> (header: NpyHeader, dataOffset: Int) {
        let start = try file.bytes(at: offset, count: min(12, file.size - offset))
        guard start.count >= 10, Array(start[..<6]) == magic else { throw notAnArray(file.path, start) }
        guard (1...3).contains(start[6]), start[6] == 1 || start.count == 12 else {
            throw FormatError(
                file.path, "is .npy version \(start[6])", "save it with a numpy this program knows (1 to 3)")
        }
        let width = start[6] == 1 ? 2 : 4
        let length = start[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= longest else {
            throw FormatError(file.path, "has a header of \(length) bytes, so it holds records", plainAdvice)
        }
        let text = String(decoding: try file.bytes(at: offset + 8 + width, count: length), as: UTF8.self)
        return (try NpyHeader(parsing: text, file: file.path), offset + 8 + width + length)
    }

    /// Reads the dictionary that is the header's text.
    init(parsing text: String, file: String) throws {
        guard let order = text.firstMatch(of: /["']fortran_order["']\s*:\s*(True|False)/)?.1,
            let extents = text.firstMatch(of: /["']shape["']\s*:\s*\(([^)]*)\)/)?.1
        else { throw FormatError(file, "has a damaged .npy header", "copy or save it again") }
        type = try Self.type(in: text, file: file)
        shape = try Self.shape(extents, file: file)
        guard order == "False" || shape.count < 2 else {
            throw FormatError(file, "is in Fortran order", "save numpy.ascontiguousarray(array) instead")
        }
        let bytes = shape.reduce((partialValue: type.size, overflow: false)) { product, extent in
            let (next, overflow) = product.partialValue.multipliedReportingOverflow(by: extent)
            return (next, product.overflow || overflow)
        }
        guard !bytes.overflow else { throw FormatError(file, "claims the impossible shape \(shape)", "save it again") }
    }

    private static func type(in text: String, file: String) throws -> ElementType {
        guard let name = text.firstMatch(of: /["']descr["']\s*:\s*["']([^"']*)["']/)?.1 else {
            throw FormatError(file, "holds records, not numbers", plainAdvice)
        }
        if name.contains("O") { throw FormatError(file, "holds Python objects, not numbers", plainAdvice) }
        if name.hasPrefix(">") {
            throw FormatError(
                file, "is big-endian (\(name))", "save array.astype(array.dtype.newbyteorder('<')) instead")
        }
        guard let type = ElementType(rawValue: name == "<u1" || name == "u1" ? "|u1" : String(name)) else {
            throw FormatError(file, "holds elements of type \(name)", plainAdvice)
        }
        return type
    }

    private static func shape(_ text: Substring, file: String) throws -> [Int] {
        try text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.map {
            guard let extent = Int($0), extent >= 0 else {
                throw FormatError(file, "has a damaged shape (\(text))", "copy or save it again")
            }
            return extent
        }
    }

    private static let plainAdvice = "save array.astype('uint8') or array.astype('float32') instead"

    private static func notAnArray(_ file: String, _ start: [UInt8]) -> FormatError {
        let known: [(magic: [UInt8], name: String, advice: String)] = [
            ([0x50, 0x4B], "a zip archive", "name it .npz"),
            ([0x1F, 0x8B], "compressed with gzip", "run gunzip first"),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "run zstd -d first"),
        ]
        let match = known.first { start.starts(with: $0.magic) }
        return FormatError(
            file, match.map { "is \($0.name), not a .npy array" } ?? "is not a .npy array",
            match?.advice ?? "save it with numpy.save")
    }
}
