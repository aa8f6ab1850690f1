import Formats
import Foundation
import Testing

@Suite struct ZstdFrameTests {
    /// Half noise and half zeros, so that blocks of both kinds occur.
    private func content(_ count: Int) -> [UInt8] {
        var numbers = SystemRandomNumberGenerator()
        return (0..<count).map { $0 % 300_000 < 150_000 ? UInt8.random(in: 0...255, using: &numbers) : 0 }
    }

    private func frame(of content: [UInt8], pieces: Int) throws -> [UInt8] {
        let writer = try ZstdFrameWriter(size: content.count)
        var frame = [UInt8]()
        func take(_ piece: Span<UInt8>) { piece.withUnsafeBufferPointer { frame += $0 } }
        for start in stride(from: 0, to: content.count, by: pieces) {
            let piece = Array(content[start..<min(start + pieces, content.count)])
            try writer.append(piece.span) { take($0) }
        }
        try writer.finish { take($0) }
        return frame
    }

    @Test(arguments: [0, 1, 100, 131_072, 1_000_001], [1000, 1 << 20])
    func piecesMakeTheFrameOfTheWhole(count: Int, pieces: Int) throws {
        let content = content(count), frame = try frame(of: content, pieces: pieces)
        #expect(try Zstd.decompress(frame.span, limit: count, file: "x") == content)
        let check = ZstdFrameCheck(file: "x")
        for start in stride(from: 0, to: frame.count, by: 777) {
            let piece = Array(frame[start..<min(start + 777, frame.count)])
            try check.append(piece.span)
        }
        try check.finish()
        #expect(check.size == count)
    }

    /// Every bit of a small frame, and every length of it; only the bits that state nothing may change.
    @Test func damageIsFound() throws {
        let content = content(500), frame = try frame(of: content, pieces: 100)
        func isSound(_ bytes: [UInt8]) -> Bool {
            let check = ZstdFrameCheck(file: "x")
            guard (try? check.append(bytes.span)) != nil, (try? check.finish()) != nil else { return false }
            return check.size == content.count
        }
        #expect(isSound(frame))
        for length in 0..<frame.count { #expect(!isSound(Array(frame[..<length])), "cut at \(length)") }
        #expect(!isSound(frame + [0]))
        for bit in 0..<8 * frame.count {
            var flipped = frame
            flipped[bit / 8] ^= 1 << (bit % 8)
            guard isSound(flipped) else { continue }
            #expect(try Zstd.decompress(flipped.span, limit: 500, file: "x") == content, "bit \(bit)")
        }
    }
}
