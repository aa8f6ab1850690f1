// A data set of noise, of which one clip holds a value that is not finite. convlstm-shard refuses such clips, so they
// are written as another program could write them.

import Shards
import TestSupport

enum DamagedClips {
    /// Writes the data set into a folder; `damaged` is the index of the clip with the value.
    static func write(
        to folder: String, frames: Int, size: Int, training: Int, validation: Int = 2, damaged: Int
    ) throws {
        let geometry = SequenceGeometry(frames: frames, height: size, width: size, channels: 1)
        let splits = try SplitRange.ranges(
            total: training + validation, validation: HeldBack(count: validation), test: HeldBack(count: 0))
        let writer = try ShardWriter(
            folder: folder, geometry: geometry, elementType: .float32, splits: splits, shards: 2, level: 1)
        for clip in 0..<training + validation {
            var noise = numbers(geometry.elements, of: clip)
            if clip == damaged { noise[geometry.elements / 2] = .nan }
            try writer.append(noise.withUnsafeBytes { [UInt8]($0) })
        }
        _ = try writer.finish()
    }

    private static func numbers(_ count: Int, of clip: Int) -> [Float] {
        (0..<count).map { Float((($0 + 17) * (clip + 3) &* 2_654_435_761) % 1000) / 1000 }
    }
}
