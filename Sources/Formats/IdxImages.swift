// The images of MNIST and its kin, plain or gzipped as they are downloaded.

import Foundation

/// Grey images of one size from an idx3-ubyte file.
///
/// Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database", section "File formats".
package struct IdxImages: Sendable {
    package let count: Int
    package let height: Int
    package let width: Int
    /// (count, height, width), 0 to 255.
    package let pixels: [UInt8]

    /// The most that is taken into memory: 20 times MNIST.
    private static let limit = 1 << 30

    /// Throws `FormatError` for a file of labels, of other numbers than bytes, or with missing images.
    package init(path: String) throws {
        let file = try InputFile(path: path), bytes = try Self.content(of: file)
        guard bytes.count >= 16, bytes[..<3].elementsEqual([0, 0, 8]) else {
            throw FormatError(path, "is not an idx file of bytes", "name train-images-idx3-ubyte or its .gz")
        }
        guard bytes[3] == 3 else {
            throw FormatError(path, "has \(bytes[3]) dimensions, so it holds no images", "name train-images-idx3-ubyte")
        }
        let extents = (1...3).map { axis in bytes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
        let (frame, overflow) = extents[1].multipliedReportingOverflow(by: extents[2])
        guard !overflow, frame > 0, extents[0] > 0, (bytes.count - 16) / frame >= extents[0] else {
            throw FormatError(path, "is cut short of its \(extents[0]) images", "download it again")
        }
        (count, height, width) = (extents[0], extents[1], extents[2])
        pixels = [UInt8](bytes[16..<16 + count * frame])
    }

    private static func content(of file: InputFile) throws -> [UInt8] {
        guard try file.size < 2 || file.bytes(at: 0, count: 2) != [0x1F, 0x8B] else {
            var content = [UInt8]()
            try Inflate.unpack(file, at: 0, count: file.size, as: .gzip, limit: limit) { piece in
                piece.withUnsafeBufferPointer { content.append(contentsOf: $0) }
            }
            return content
        }
        guard file.size <= limit else {
            throw FormatError(file.path, "is larger than \(limit) bytes", "name train-images-idx3-ubyte")
        }
        return try file.bytes()
    }
}
