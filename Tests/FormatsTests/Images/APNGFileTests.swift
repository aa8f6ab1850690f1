import Formats
import Foundation
import TestSupport
import Testing

/// Animations, taken apart chunk by chunk after the specification.
@Suite struct APNGFileTests {
    private let folder = try! TemporaryFolder()

    private struct Chunk {
        var type: String
        var content: [UInt8]

        func number(at place: Int) -> Int { content[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    private func frame(_ seed: Int) -> Picture {
        Picture(width: 7, height: 5, channels: 3, pixels: (0..<105).map { UInt8(truncatingIfNeeded: $0 * seed) })
    }

    private func chunks(_ bytes: [UInt8]) -> [Chunk] {
        var place = 8, chunks: [Chunk] = []
        while place < bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let type = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            chunks.append(Chunk(type: type, content: Array(bytes[place + 8..<place + 8 + length])))
            place += 12 + length
        }
        return chunks
    }

    @Test func framesComeInTheirOrderWithTheirTimes() throws {
        try APNGFile.write([frame(1), frame(2), frame(3)], milliseconds: 250, to: folder.file("a.png"))
        let all = chunks(try folder.bytes(of: "a.png"))
        #expect(all.first?.type == "IHDR" && all.last?.type == "IEND")
        let control = try #require(all.first { $0.type == "acTL" })
        #expect(control.number(at: 0) == 3 && control.number(at: 4) == 0)
        // Numbers count fcTL and fdAT together, from 0 without a gap.
        #expect(all.filter { ["fcTL", "fdAT"].contains($0.type) }.map { $0.number(at: 0) } == [0, 1, 2, 3, 4])
        for one in all where one.type == "fcTL" {
            #expect(one.number(at: 4) == 7 && one.number(at: 8) == 5 && one.content[20..<24] == [0, 250, 3, 232])
        }
    }

    /// The first frame is what a program sees that knows no animations, and every frame is a PNG if its data take the first's
    /// place.
    @Test func everyFrameIsThePicture() throws {
        let frames = [frame(1), frame(2), frame(3)]
        try APNGFile.write(frames, milliseconds: 40, to: folder.file("a.png"))
        #expect(try PNGFile.read(folder.file("a.png")) == frames[0])
        let pillow = try? Python.run("from PIL import Image; i = Image.open('a.png'); print(i.n_frames)", in: folder)
        #expect(pillow == nil || pillow == "3\n")
    }
}
