// Data sets of noise for the training example, whose shards all have the same size: any of them can be put in the place
// of another. Noise does not shrink.

import Foundation
import Shards
import TestSupport
import Testing

/// A folder of shards as the training example takes it, in a folder of its own.
struct NoiseShards {
    let path: String
    private let folder: TemporaryFolder

    /// - Parameter isOld: whether its manifest is as those were that knew nothing of the tables of shards.
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

    /// A file of the four.
    func shard(_ number: Int) -> String { "\(path)/0000\(number)-of-00004.npy.zst" }

    /// Puts another shard in the place of one, under its name or into its very file.
    func replace(_ number: Int, by other: String) throws {
        let bytes = try #require(FileManager.default.contents(atPath: other))
        try #require(FileManager.default.contents(atPath: shard(number))?.count == bytes.count)
        try bytes.write(to: URL(fileURLWithPath: shard(number)))
    }

    /// Changes the manifest, which nothing then vouches for.
    func changeManifest(_ change: (String) throws -> String) throws {
        let file = path + "/manifest.json", text = try String(contentsOfFile: file, encoding: .utf8)
        let changed = try change(text)
        try #require(changed != text)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.removeItem(atPath: file + ".sha256")
    }

    private func makeOld() throws { try changeManifest { $0.replacing(/,\s*"tableSha256" : "[0-9a-f]+"/, with: "") } }
}
