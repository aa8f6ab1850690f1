// Data sets of noise for the training example. Noise does not compress, so that all their shards have the same size and
// any of them can replace another.

import Foundation
import Shards
import TestSupport
import Testing

/// A folder of shards that fits the training example, inside another folder.
struct NoiseShards {
    let path: String
    private let folder: TemporaryFolder

    /// - Parameter isOld: whether to write an older manifest, without digests of the shards' tables.
    init(_ name: String, seed: UInt64, in folder: TemporaryFolder, isOld: Bool = false) throws {
        (path, self.folder) = (folder.file(name), folder)
        let geometry = SequenceGeometry(frames: 6, height: 24, width: 24, channels: 1)
        let splits = try SplitRange.ranges(total: 24, validation: HeldBack(count: 4), test: HeldBack(count: 2))
        let writer = try ShardWriter(
            folder: path, geometry: geometry, elementType: .uint8, splits: splits, shards: 4, level: 1)
        var state = seed
        try writer.append(
            (0..<24 * geometry.elements).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            })
        _ = try writer.finish()
        if isOld { try makeOld() }
    }

    /// The path of one of the four shard files.
    func shard(_ number: Int) -> String { "\(path)/0000\(number)-of-00004.npy.zst" }

    /// Replaces a shard by another one, under its name or in place.
    func replace(_ number: Int, by other: String) throws {
        let bytes = try #require(FileManager.default.contents(atPath: other))
        try #require(FileManager.default.contents(atPath: shard(number))?.count == bytes.count)
        try bytes.write(to: URL(fileURLWithPath: shard(number)))
    }

    /// Changes the manifest, and removes the file with its digest.
    func changeManifest(_ change: (String) throws -> String) throws {
        let file = path + "/manifest.json", text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = try change(text)
        try #require(changed != text)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: file + ".sha256")
    }

    private func makeOld() throws { try changeManifest { $0.replacing(/,\s*"tableSha256" : "[0-9a-f]+"/, with: "") } }
}
