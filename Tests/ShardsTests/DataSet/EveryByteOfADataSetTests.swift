// Every bit of a small data set's files flipped, and each file cut at every length. The choice: what can be trained on
// afterwards is what was written, or nothing; the manifest's digest is tried with and without its file.

import Formats
import Foundation
import Shards
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct EveryByteOfADataSetTests {
    let folder = try! TemporaryFolder(inMemory: true)
    private let geometry = SequenceGeometry(frames: 2, height: 3, width: 4, channels: 1)

    /// Everything of a data set that training uses.
    private struct Content: Equatable {
        var geometry: SequenceGeometry, valueRange: [Float], splits: [SplitRange], sequences: [[UInt8]]
    }

    init() throws {
        let splits = try SplitRange.ranges(total: 3, validation: HeldBack("1")!, test: HeldBack("1")!)
        let writer = try ShardWriter(
            folder: folder.file("a"), geometry: geometry, elementType: .uint8, splits: splits, shards: 1, level: 3)
        try writer.append((0..<3 * geometry.elements).map { UInt8($0 * 37 % 256) })
        _ = try writer.finish()
    }

    private func content() throws -> Content {
        let set = try ShardSet(folder: folder.file("a")), manifest = set.manifest
        try set.requireWholeShards()
        return Content(
            geometry: manifest.geometry, valueRange: manifest.valueRange, splits: manifest.splits,
            sequences: try (0..<set.count).map { try set.bytes(ofSequence: $0) })
    }

    private func requireExact(_ name: String) throws {
        let whole = try folder.bytes(of: name)
        let trial = try DamageTrial(of: whole, under: Damage.flips(of: whole.count) + Damage.cuts(of: whole.count)) {
            try folder.write($0, to: name)
            return try content()
        }
        #expect(trial.faults.isEmpty)
        #expect(trial.refused > whole.count, "only \(trial.refused)")
    }

    @Test(arguments: ["00000-of-00001.npy.zst", Manifest.fileName, Manifest.digestFileName])
    func damageIsFoundBeforeItIsTrainedOn(file: String) throws { try requireExact("a/\(file)") }

    /// A manifest without a digest is held against the shards. Every number of the data is in both.
    @Test func manifestsWithoutADigestAreHeldAgainstTheirShards() throws {
        try FileManager.default.removeItem(atPath: folder.file("a/\(Manifest.digestFileName)"))
        try requireExact("a/\(Manifest.fileName)")
    }
}
