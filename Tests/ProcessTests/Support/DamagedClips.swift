// A data set of noise, of which one clip holds a value that is not finite. convlstm-shard refuses such clips, so they
// are written as another program could write them.

import Foundation
import Shards
import TestSupport
import Testing

enum DamagedClips {
    /// Writes the data set into a folder; `damaged` is the index of the clip with the value.
    static func write(
        to folder: String, frames: Int, size: Int, training: Int, validation: Int = 2, damaged: Int
    ) throws {
        let geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        let splits = try SplitRange.ranges(
            total: training + validation, validation: HeldBack(count: validation), test: HeldBack(count: 0))
        let writer = try ShardWriter(
            folder: folder, geometry: geometry, elementType: .float32, facts: SequenceFacts(values: ValueDescription()),
            splits: splits, shards: 2, level: 1)
        for clip in 0..<training + validation {
            var noise = numbers(geometry.elements, of: clip)
            if clip == damaged { noise[geometry.elements / 2] = .nan }
            try writer.append(noise.withUnsafeBytes { [UInt8]($0) })
        }
        _ = try writer.finish()
        try forgetWhatIsMissing(folder)
    }

    /// Makes the data set one whose manifest says nothing of missing pixels, as another program could write it.
    private static func forgetWhatIsMissing(_ folder: String) throws {
        let path = folder + "/manifest.json", data = try Data(contentsOf: URL(fileURLWithPath: path))
        var manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var shards = try #require(manifest["shards"] as? [[String: Any]])
        for index in shards.indices { shards[index]["missing"] = nil }
        (manifest["shards"], manifest["values"], manifest["version"]) = (shards, nil, 1)
        try JSONSerialization.data(withJSONObject: manifest).write(to: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path + ".sha256")
    }

    private static func numbers(_ count: Int, of clip: Int) -> [Float] {
        (0..<count).map { Float((($0 + 17) * (clip + 3) &* 2_654_435_761) % 1000) / 1000 }
    }
}
