// Every bit of a small file of each format flipped, and the file cut at every length. The choice: what a reader may give
// for a damaged file is all that it could give: where the format has checksums, the original; elsewhere the original
// but for the flipped byte of the content.

import Formats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct EveryByteTests {
    let folder = try! TemporaryFolder(inMemory: true)

    /// Flips every bit of a file whose format finds all damage, and cuts it everywhere.
    private func requireExact<Content: Equatable>(
        _ whole: [UInt8], _ read: ([UInt8]) throws -> Content, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let damage = Damage.flips(of: whole.count) + Damage.cuts(of: whole.count)
        let trial = try DamageTrial(of: whole, under: damage, read: read)
        #expect(trial.faults.isEmpty, sourceLocation: sourceLocation)
        #expect(trial.refused > whole.count, "only \(trial.refused)", sourceLocation: sourceLocation)
    }

    /// The same for a format without checksums: what is read must be laid out as the original, with the flipped byte as
    /// the only other one, and nothing is read from a file that was cut.
    private func requireLayout<Layout: Equatable>(
        _ whole: [UInt8], _ read: ([UInt8]) throws -> (layout: Layout, bytes: [UInt8]),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let flips = try DamageTrial(of: whole, under: Damage.flips(of: whole.count), read: read) {
            content, original, _ in
            guard content.layout == original.layout, content.bytes.count == original.bytes.count else {
                return "gives \(content.layout) of \(content.bytes.count) bytes for \(original.layout)"
            }
            let others = zip(content.bytes, original.bytes).count { $0 != $1 }
            return others > 1 ? "gives \(others) other bytes" : nil
        }
        #expect(flips.faults.isEmpty && flips.refused > 0, sourceLocation: sourceLocation)
        let cuts = try DamageTrial(of: whole, under: Damage.cuts(of: whole.count), read: read) { _, _, _ in "is read" }
        #expect(cuts.faults.isEmpty && cuts.refused == whole.count, sourceLocation: sourceLocation)
    }

    /// The bytes as the file has them, whatever order of bytes its header claims: nothing in the format tells a wrong one.
    private func array(_ bytes: [UInt8], _ name: String) throws -> (layout: NpyHeader, bytes: [UInt8]) {
        try folder.write(bytes, to: name)
        let array = try folder.array(name), size = array.header.type.size
        var header = array.header, content = try array.bytes()
        guard header.isBigEndian else { return (header, content) }
        header.isBigEndian = false
        for start in stride(from: 0, to: content.count, by: size) { content[start..<start + size].reverse() }
        return (header, content)
    }

    @Test(arguments: [NpyHeader(type: .uint8, shape: [4, 3, 5]), NpyHeader(type: .float32, shape: [5, 3])])
    func array(header: NpyHeader) throws {
        try requireLayout(header.encoded + (0..<60)) { try array($0, "x.npy") }
    }

    @Test(
        .enabled(if: Python.has("numpy"), "needs numpy"),
        arguments: [
            "n.savez('x.npz', a=a)", "n.savez_compressed('x.npz', a=a)",
            "archive('x.npz', [(b'a.npy', npy(a))], wide=True)",
        ]) func archive(script: String) throws
    {
        let made = "a = n.arange(24, dtype='u1').reshape(4, 3, 2)\n"
        try Python.run(ZipScript.functions + made + script, in: folder)
        try requireExact(folder.bytes(of: "x.npz")) { whole in
            let (header, bytes) = try array(whole, "x.npz")
            return header.encoded + bytes
        }
    }

    @Test(arguments: [1, 3]) func picture(channels: Int) throws {
        let pixels = (0..<5 * 4 * channels).map { UInt8($0 * 37 % 256) }
        let path = folder.file("x.png")
        try PNGFile.write(Picture(width: 5, height: 4, channels: channels, pixels: pixels), to: path)
        try requireExact(folder.bytes(of: "x.png")) { whole in
            try folder.write(whole, to: "x.png")
            #expect((try? PNGFile.extents(of: path)) != nil || (try? PNGFile.read(path)) == nil)
            return try PNGFile.read(path)
        }
    }

    private func images(_ bytes: [UInt8]) throws -> (layout: [Int], bytes: [UInt8]) {
        let images = try IdxImages(path: folder.write(bytes, to: "x.idx"))
        return ([images.count, images.height, images.width], images.pixels)
    }

    private let digits: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6] + Array(0..<60)

    @Test func idx() throws { try requireLayout(digits, images) }

    /// The checksum of gzip covers all but its own header.
    @Test func compressedIdx() throws {
        let path = try folder.write(digits, to: "x")
        #expect(try Command.run("gzip", ["--no-name", path]).status == 0)
        try requireExact(folder.bytes(of: "x.gz")) { whole in
            let (extents, pixels) = try images(whole)
            return extents + pixels.map { Int($0) }
        }
    }

    private let tensors = SafetensorsFile(
        tensors: [
            .init(name: "mask", type: .uint8, shape: [3], bytes: [1, 2, 3]),
            .init(name: "weight", shape: [2, 2], floats: [1, -2, 0.5, 1e-20].span),
        ], metadata: ["step": "7"])

    /// Names, types of the same width and orders of axes are not vouched for; sizes and places are.
    @Test func safetensors() throws {
        try requireLayout(tensors.encoded()) { whole in
            let file = try SafetensorsFile(decoding: whole, file: "x.safetensors")
            return (file.tensors.map(\.bytes.count), file.tensors.flatMap { Array($0.bytes) })
        }
    }

    /// As in a checkpoint, whose frame has a checksum.
    @Test func compressedSafetensors() throws {
        let content = try tensors.encoded(), frame = try Zstd.compress(content.span)
        try requireExact(frame) { try SafetensorsFile(decoding: Self.unpacked($0), file: "x.zst") }
    }

    private static func unpacked(_ frame: [UInt8]) throws -> [UInt8] {
        try Zstd.decompress(frame.span, limit: 1 << 20, file: "x.zst")
    }

    @Test func seekableZstd() throws {
        let writer = try SeekableZstdWriter(path: folder.file("x.zst")), compressor = try ZstdCompressor(level: 3)
        for size in [128, 30, 30] {
            let content = (0..<size).map { UInt8($0) }
            try writer.append(frame: compressor.frame(of: content.span), contentSize: size)
        }
        _ = try writer.finish()
        try requireExact(folder.bytes(of: "x.zst")) { whole in
            let file = try SeekableZstdFile(path: folder.write(whole, to: "x.zst"))
            return try (0..<file.frameCount).map { try content(of: file, $0) }
        }
    }

    private func content(of file: SeekableZstdFile, _ frame: Int) throws -> [UInt8] {
        var content = [UInt8](repeating: 0, count: file.contentSize(ofFrame: frame)), span = content.mutableSpan
        try file.decode(frame: frame, named: "frame \(frame)", into: &span)
        return content
    }
}
