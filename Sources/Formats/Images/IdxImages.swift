// The images of MNIST and similar data sets, plain or gzipped as downloaded. The choice: memory is allocated for the
// size in the header, once the file size is known to allow it, and no bytes may follow the images.

import Foundation

/// Gray images of one size from an idx3-ubyte file.
///
/// Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database", section "File formats".
package struct IdxImages: Sendable {
    package let count: Int
    package let height: Int
    package let width: Int
    /// Pixels of shape (count, height, width), 0 to 255.
    package let pixels: [UInt8]

    /// The largest total number of pixels that is read: 20 times MNIST.
    private static let limit = 1 << 30
    private static let headerSize = 16
    private static let advice = "name train-images-idx3-ubyte or its .gz"

    /// Throws `FormatError` for a file of labels, for elements other than bytes, and for missing or surplus bytes.
    package init(path: String) throws {
        let file = try InputFile(path: path)
        let bytes = try file.start(2) == [0x1F, 0x8B] ? try Self.unpacked(file) : try Self.plain(file)
        let extents = try Self.extents(bytes, file: path)
        guard bytes.count >= Self.headerSize + extents.reduce(1, *) else { throw Self.cutShort(extents, file: path) }
        (count, height, width) = (extents[0], extents[1], extents[2])
        pixels = [UInt8](bytes[Self.headerSize...])
    }

    private static func plain(_ file: InputFile) throws -> [UInt8] {
        let extents = try extents(try file.start(FileKind.neededBytes), file: file.path)
        guard file.size <= headerSize + extents.reduce(1, *) else { throw surplus(extents, file: file.path) }
        return try file.bytes()
    }

    private static func unpacked(_ file: InputFile) throws -> [UInt8] {
        var content = [UInt8](), announced: [Int]?
        try Inflate.unpack(file, at: 0, count: file.size, as: .gzip, limit: .max) { piece in
            piece.withUnsafeBufferPointer { content.append(contentsOf: $0) }
            guard content.count >= headerSize else { return }
            let extents = try announced ?? extents(content, file: file.path), size = headerSize + extents.reduce(1, *)
            if announced == nil {
                guard Inflate.canHold(size, in: file.size) else { throw cutShort(extents, file: file.path) }
                try Memory.require(size, for: file.path)
                content.reserveCapacity(size)
                announced = extents
            }
            guard content.count <= size else { throw surplus(extents, file: file.path) }
        }
        return content
    }

    /// The count, height and width in the header; their product is at most `limit`.
    private static func extents(_ bytes: [UInt8], file: String) throws -> [Int] {
        guard bytes.count >= headerSize, bytes.starts(with: [0, 0, 8]) else {
            throw FileKind.error(file, bytes, not: "an idx file of bytes", advice: advice)
        }
        guard bytes[3] == 3 else {
            throw FormatError(file: file, problem: "has \(bytes[3]) dimensions, so it holds no images", advice: advice)
        }
        let extents = (1...3).map { axis in bytes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
        let (frame, overflow) = extents[1].multipliedReportingOverflow(by: extents[2])
        guard !overflow, frame > 0, extents[0] > 0, extents[0] <= limit / frame else {
            let shape = extents.map(String.init).joined(separator: " x ")
            throw FormatError(file: file, problem: "claims \(shape) pixels, and 1 to \(limit) are read", advice: advice)
        }
        return extents
    }

    private static func cutShort(_ extents: [Int], file: String) -> FormatError {
        FormatError(file: file, problem: "is cut short of its \(extents[0]) images", advice: "download it again")
    }

    private static func surplus(_ extents: [Int], file: String) -> FormatError {
        FormatError(file: file, problem: "has bytes behind its \(extents[0]) images", advice: "download it again")
    }
}
