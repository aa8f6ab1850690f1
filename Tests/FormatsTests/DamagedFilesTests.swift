// Files of every format with a few random changes, given to their readers. The choice: the changes follow from a seed
// number and are harmful ones: extreme integers, lengths, digits and bits. Alternately, checksums are corrected after
// the change.

import Formats
import TestSupport
import Testing

@Suite struct DamagedFilesTests {
    let folder = try! TemporaryFolder(inMemory: true)
    private static let mutants = 300

    /// Reads mutants of `whole`; each must give a value, or an error with a sentence.
    private func readMutants(
        of whole: [UInt8], as name: String, wrapped wrap: ([UInt8]) throws -> [UInt8] = { $0 },
        _ read: (String) throws -> Void
    ) throws {
        let trial = try DamageTrial(of: whole, under: Damage.mutations(Self.mutants)) {
            try read(folder.write(wrap($0), to: name))
        } faultOf: { _, _, _ in
            nil
        }
        #expect(trial.faults.isEmpty)
    }

    private static func unpacked(_ bytes: [UInt8], _ path: String) throws -> [UInt8] {
        try Zstd.decompress(bytes.span, limit: 1 << 30, file: path)
    }

    private func readArray(_ path: String) throws {
        let array = try NpyFile(path: path, scratchFolder: folder.path)
        var bytes = [UInt8](repeating: 0, count: array.header.byteCount), span = bytes.mutableSpan
        try array.read(at: 0, into: &span)
    }

    private let array = NpyHeader(type: .uint8, shape: [4, 3, 5]).encoded + (0..<60)

    @Test(.timeLimit(.minutes(2))) func arrays() throws {
        try readMutants(of: array, as: "x.npy", readArray)
    }

    @Test(
        .timeLimit(.minutes(2)), .enabled(if: Python.has("numpy"), "needs numpy"),
        arguments: [
            "archive('x.npz', [(b'a.npy', npy(a))], method=0)", "archive('x.npz', [(b'a.npy', npy(a))])",
            "n.savez('x.npz', a=a)",
            "archive('x.npz', [(b'a.npy', npy(a))], wide=True)", "n.savez_compressed('x.npz', a=a)",
        ]) func archives(script: String) throws
    {
        let array = "a = n.arange(60, dtype='u1').reshape(4, 3, 5)\n"
        try Python.run(ZipScript.functions + array + script, in: folder)
        try readMutants(of: folder.bytes(of: "x.npz"), as: "x.npz", readArray)
    }

    /// Half of the mutants have valid checksums, so that their claims reach libpng.
    @Test(.timeLimit(.minutes(2)), arguments: [1, 3], [false, true]) func pictures(channels: Int, summed: Bool) throws {
        let pixels = (0..<9 * 7 * channels).map { UInt8($0 * 37 % 256) }
        let path = folder.file("x.png")
        try PNGFile.write(Picture(width: 9, height: 7, channels: channels, pixels: pixels), to: path)
        try readMutants(of: folder.bytes(of: "x.png"), as: "x.png", wrapped: { summed ? PNGSums.right(in: $0) : $0 }) {
            _ = try? PNGFile.extents(of: $0)
            _ = try PNGFile.read($0)
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [false, true]) func digits(packed: Bool) throws {
        let path = try folder.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 6] + Array(0..<60), to: "x")
        if packed { #expect(try Command.run("gzip", [path]).status == 0) }
        let name = packed ? "x.gz" : "x"
        try readMutants(of: folder.bytes(of: name), as: name) { _ = try IdxImages(path: $0) }
    }

    private let tensors = SafetensorsFile(
        tensors: [
            .init(name: "mask", type: .uint8, shape: [3], bytes: [1, 2, 3]),
            .init(name: "encoder.0.weight", shape: [2, 2], floats: [1, -2, 0.5, 1e-20].span),
        ], metadata: ["step": "7", "frame": "24 24 1"])

    /// Plain safetensors files, and files as in checkpoints: in a zstd frame with a valid checksum.
    @Test(.timeLimit(.minutes(2)), arguments: [false, true]) func tensors(compressed: Bool) throws {
        func wrap(_ bytes: [UInt8]) throws -> [UInt8] {
            guard compressed else { return bytes }
            return try Zstd.compress(bytes.span)
        }
        try readMutants(of: tensors.encoded(), as: "x.safetensors", wrapped: wrap) { path in
            var bytes = try InputFile(path: path).bytes()
            if compressed { bytes = try Self.unpacked(bytes, path) }
            let file = try SafetensorsFile(decoding: bytes, file: path)
            var floats = [Float](repeating: 0, count: 4), span = floats.mutableSpan
            for tensor in file.tensors { _ = try? tensor.copy(into: &span, file: path) }
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [50, 300_000]) func frames(size: Int) throws {
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0) }
        try readMutants(of: Zstd.compress(content.span), as: "x.zst") { path in
            _ = try Self.unpacked(InputFile(path: path).bytes(), path)
        }
    }

    @Test(.timeLimit(.minutes(2))) func shards() throws {
        let writer = try SeekableZstdWriter(path: folder.file("x.zst")), compressor = try ZstdCompressor(level: 3)
        for size in [128, 60, 60] {
            let content = (0..<size).map { UInt8($0) }
            try writer.append(frame: compressor.frame(of: content.span), contentSize: size)
        }
        _ = try writer.finish()
        try readMutants(of: folder.bytes(of: "x.zst"), as: "x.zst") { path in
            let file = try SeekableZstdFile(path: path)
            for index in 0..<file.frameCount {
                var content = [UInt8](repeating: 0, count: file.contentSize(ofFrame: index)), span = content.mutableSpan
                try file.decode(frame: index, named: "frame \(index)", into: &span)
            }
        }
    }
}
