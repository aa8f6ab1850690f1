// Every reader of files, by name, for the fuzzer and for the tests of its corpus. The choice: each takes the bytes of a
// file and reads all of it, as the programs do; text parsers within a format have names of their own.

import Configuration
import Formats
import Foundation
import Kernels
import Model
import Shards
import TensorBoard
import TestSupport
import Trainer

/// A reader of one kind of file.
package enum Reader: String, CaseIterable, Sendable {
    case npy, npz, png, pgm, idx, inflate, zstd, shard, safetensors, manifest, configuration, system, zarr, events
    case checkpointIndex = "checkpoint-index"
    case metricsTable = "metrics-table"
    /// The JSON in exported weights that says what they are of.
    case weightDescription = "weight-description"
    /// The Python literal in the header of a .npy file.
    case pythonLiteral = "python-literal"
    /// The JSON in the header of a safetensors file.
    case json

    /// Reads a file of these bytes in `folder`; its errors are those of the reader.
    package func read(_ bytes: [UInt8], in folder: TemporaryFolder) throws {
        switch self {
        case .npy: try readArray(folder.write(bytes, to: "x.npy"), in: folder)
        case .npz: try readArchive(folder.write(bytes, to: "x.npz"), in: folder)
        case .png:
            let path = try folder.write(bytes, to: "x.png")
            _ = try PNGFile.extents(of: path)
            _ = try PNGFile.pixels(of: path)
        case .pgm: _ = try PGMFile.pixels(of: folder.write(bytes, to: "x.pgm"))
        case .idx: _ = try IdxImages(path: folder.write(bytes, to: "x.idx"))
        case .inflate:
            let file = try InputFile(path: folder.write(bytes, to: "x.gz"))
            let wrapping = bytes.starts(with: [0x1F, 0x8B]) ? Inflate.Wrapping.gzip : .raw
            _ = try Inflate.unpack(file, at: 0, count: file.size, as: wrapping, limit: 1 << 24) { _ in }
        case .zstd: _ = try Zstd.decompress(bytes.span, limit: 1 << 24, file: "x.zst")
        case .shard: try readShard(folder.write(bytes, to: "x.npy.zst"))
        case .safetensors: try readTensors(bytes)
        case .manifest:
            try folder.write(bytes, to: Manifest.fileName)
            _ = try Manifest(folder: folder.path)
        case .configuration:
            let layer = try ConfigurationLayer(path: folder.write(bytes, to: "x.yaml"))
            let start = try layer.startName.map(Presets.named) ?? Presets.small
            try layer.applied(to: TrainingConfiguration(model: start)).check()
        case .system:
            let system = try SystemDescription.named(folder.write(bytes, to: "x.yaml"))
            _ = try Network<Float>(system.network, frame: FeatureShape(height: 16, width: 16, channels: 1))
        case .checkpointIndex:
            try folder.write(bytes, to: CheckpointIndex.fileName)
            _ = try CheckpointIndex(folder: folder.path)
        case .metricsTable:
            let path = try folder.write(bytes, to: "metrics.csv")
            _ = try LogFile(path: path, header: "step,epoch,loss", through: 1000)
        case .events:
            try folder.write(bytes, to: EventFile.name)
            _ = try EventFile(folder: folder.path, through: 1000)
        case .weightDescription: _ = try WeightDescription(json: String(decoding: bytes, as: UTF8.self), file: "x")
        case .pythonLiteral:
            let path = try folder.write(
                [0x93] + "NUMPY".utf8 + [2, 0] + Self.length(bytes.count, width: 4) + bytes, to: "x.npy")
            _ = try NpyHeader.read(from: InputFile(path: path))
        case .zarr: try readZarr(bytes, in: folder)
        case .json: try readTensors(Self.length(bytes.count, width: 8) + bytes)
        }
    }

    /// A length in the notation of binary headers, little-endian.
    private static func length(_ count: Int, width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    private func readArray(_ path: String, key: String? = nil, in folder: TemporaryFolder) throws {
        let array = try NpyFile(path: path, key: key, scratchFolder: folder.path, isAnyOrder: true)
        var bytes = [UInt8](repeating: 0, count: array.header.byteCount), span = bytes.mutableSpan
        try array.read(at: 0, into: &span)
    }

    /// Reads the first few arrays; the directory may name any number.
    private func readArchive(_ path: String, in folder: TemporaryFolder) throws {
        let names = try ZipArchive(file: InputFile(path: path)).members.map(\.name).filter { $0.hasSuffix(".npy") }
        for name in names.prefix(3) { try readArray(path, key: String(name.dropLast(4)), in: folder) }
        if names.isEmpty { try readArray(path, in: folder) }
    }

    /// Reads an array of either version by its metadata, beside chunks of which the first is there.
    private func readZarr(_ bytes: [UInt8], in folder: TemporaryFolder) throws {
        let isOld = bytes.starts(with: #"{"zarr_format": 2"#.utf8), chunk = (0..<12).map { UInt8($0) }
        let place = folder.path + "/x.zarr"
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.createDirectory(atPath: place + "/c/0", withIntermediateDirectories: true)
        try folder.write(bytes, to: isOld ? "x.zarr/.zarray" : "x.zarr/zarr.json")
        for name in ["x.zarr/0.0", "x.zarr/c/0/0"] { try folder.write(Zstd.compress(chunk.span), to: name) }
        let store = try ZarrStore(path: place)
        for name in try store.names().arrays {
            _ = try store.attributes(of: name)
            _ = try store.numbers(of: name, atMost: 1 << 16)
        }
    }

    private func readShard(_ path: String) throws {
        let file = try SeekableZstdFile(path: path)
        for frame in 0..<min(file.frameCount, 16) {
            var content = [UInt8](repeating: 0, count: file.contentSize(ofFrame: frame)), span = content.mutableSpan
            try file.decode(frame: frame, named: "frame \(frame)", into: &span)
        }
    }

    private func readTensors(_ bytes: [UInt8]) throws {
        let file = try SafetensorsFile(decoding: bytes, file: "x.safetensors")
        for tensor in file.tensors where tensor.type == .float32 {
            var floats = [Float](repeating: 0, count: tensor.bytes.count / 4), span = floats.mutableSpan
            try tensor.copy(into: &span, file: "x.safetensors")
        }
    }
}
