// Animated PNG: frames in one file that browsers play and other programs open as their first frame. The choice: libpng
// compresses each frame as a picture of its own, and only the chunks are put together anew
// (https://wiki.mozilla.org/APNG_Specification).

import CZlib

package enum APNGFile {
    /// Writes frames of one size that are shown one after the other, again and again.
    ///
    /// Throws `FormatError` if the frames are empty or too large for PNG, or the file cannot be written.
    ///
    /// - Parameter milliseconds: how long each frame is shown.
    package static func write(_ frames: some Collection<Picture>, milliseconds: Int, to path: String) throws {
        var size: (Int, Int, Int)?
        let file = try AtomicFile(path: path)
        var number: UInt32 = 0
        func append(_ chunk: Chunk) throws { try file.append(chunk.bytes.span) }
        for (place, frame) in frames.enumerated() {
            let own = (frame.width, frame.height, frame.channels)
            precondition(size.map { $0 == own } ?? true, "an animation has frames of one size")
            size = own
            let png = try PNGFile.encoded(frame, for: path), chunks = try Chunk.all(in: png)
            if place == 0 {
                try file.append(Array(png[..<Chunk.signature]).span)
                for chunk in chunks.prefix(while: { $0.type != "IDAT" }) { try append(chunk) }
                try append(Chunk("acTL", [UInt32(frames.count), 0].flatMap(\.bytes)))
            }
            let area = [number, UInt32(frame.width), UInt32(frame.height), 0, 0].flatMap(\.bytes)
            let delay = [UInt16(clamping: milliseconds), 1000].flatMap(\.bytes)
            try append(Chunk("fcTL", area + delay + [0, 0]))
            number += 1
            for chunk in chunks where chunk.type == "IDAT" {
                guard place > 0 else {
                    try append(chunk)
                    continue
                }
                try append(Chunk("fdAT", number.bytes + chunk.content))
                number += 1
            }
        }
        try append(Chunk("IEND", []))
        try file.commit()
    }
}

/// A chunk of a PNG file: its length, its type, its content, and a checksum of the last two.
private struct Chunk {
    let type: String
    let content: [UInt8]

    /// The bytes before the first chunk.
    static let signature = 8

    init(_ type: String, _ content: [UInt8]) { (self.type, self.content) = (type, content) }

    /// The chunks of what libpng has encoded.
    static func all(in png: [UInt8]) throws -> [Chunk] {
        var chunks: [Chunk] = [], place = signature
        while place + 12 <= png.count {
            let length = png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: png[place + 4..<place + 8], as: UTF8.self)
            chunks.append(Chunk(type, Array(png[place + 8..<place + 8 + length])))
            place += 12 + length
        }
        return chunks
    }

    var bytes: [UInt8] {
        let checked = Array(type.utf8) + content
        let checksum = checked.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) }
        return UInt32(content.count).bytes + checked + UInt32(checksum).bytes
    }
}

extension FixedWidthInteger {
    /// The most significant byte first, as PNG has it.
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
