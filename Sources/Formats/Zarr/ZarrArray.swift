// An array of a Zarr folder. The choice: chunks are unpacked as they are met and kept for the next part, within a limit, since
// frames that follow each other mostly lie in the same ones.

import Foundation
import Synchronization

/// An array of numbers in a Zarr folder.
package final class ZarrArray: StoredArray {
    package let path: String
    package let name: String
    private let folder: String
    private let layout: ZarrLayout
    /// The unpacked chunks, by the names of their files.
    private let unpacked = Mutex<[String: [UInt8]]>([:])

    /// The memory for unpacked chunks.
    private static let mostUnpacked = 96 << 20

    package var shape: [Int] { layout.shape }
    package var type: NumberType { layout.type }
    package var chunk: [Int]? { layout.chunk }

    init(of store: ZarrStore, name: String, folder: String) throws {
        (path, self.name, self.folder) = (store.path, name, folder)
        layout =
            try Folder.holds(folder + "/.zarray")
            ? ZarrLayout(version2: store.json(name, ".zarray"), file: folder)
            : ZarrLayout(version3: store.json(name, "zarr.json"), file: folder)
    }

    package func read(
        from start: [Int], count: [Int], as type: NumberType, into bytes: inout MutableSpan<UInt8>
    ) throws {
        check(start, count, type, bytes)
        guard bytes.count > 0 else { return }
        if type == layout.type { return try read(start, count, into: &bytes) }
        var own = try Memory.zeros(count.reduce(layout.type.size, *), for: folder), span = own.mutableSpan
        try read(start, count, into: &span)
        let numbers = layout.type
        own.withUnsafeBytes { own in
            bytes.withUnsafeMutableBytes { target in
                let target = target.bindMemory(to: Double.self)
                for index in target.indices { target[index] = numbers.value(in: own, at: index * numbers.size) }
            }
        }
    }

    private func read(_ start: [Int], _ count: [Int], into bytes: inout MutableSpan<UInt8>) throws {
        let layout = layout, rank = layout.shape.count
        let first: [Int] = (0..<rank).map { start[$0] / layout.chunk[$0] }
        let last: [Int] = (0..<rank).map { (start[$0] + count[$0] - 1) / layout.chunk[$0] }
        var index = first
        while true {
            let chunk = try chunk(index)
            bytes.withUnsafeMutableBytes { target in
                Self.copy(chunk, index, layout, to: target, start, count)
            }
            // The next index, the last axis first.
            var axis = rank - 1
            while axis >= 0, index[axis] == last[axis] {
                index[axis] = first[axis]
                axis -= 1
            }
            guard axis >= 0 else { return }
            index[axis] += 1
        }
    }

    /// The unpacked bytes of a chunk; nil if there is none.
    private func chunk(_ index: [Int]) throws -> [UInt8]? {
        let name = layout.fileName(index), file = folder + "/" + name
        if let known = unpacked.withLock({ $0[name] }) { return known }
        guard try Folder.holds(file) else { return nil }
        let size = layout.chunkBytes, packed = try InputFile(path: file).bytes()
        var bytes = layout.isCompressed ? try Zstd.decompress(packed.span, limit: size, file: file) : packed
        guard bytes.count == size else {
            throw FormatError(
                file: file, problem: "holds \(bytes.count) bytes, and a chunk has \(size)",
                advice: "copy or make it again")
        }
        if layout.isBigEndian { Self.swap(&bytes, layout.type.size) }
        unpacked.withLock { all in
            if (all.count + 1) * size > Self.mostUnpacked { all = [:] }
            all[name] = bytes
        }
        return bytes
    }

    private static func swap(_ bytes: inout [UInt8], _ size: Int) {
        for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<start + size].reverse() }
    }

    /// Copies what a part and a chunk have in common, or the fill value for a chunk that is not there.
    private static func copy(
        _ chunk: [UInt8]?, _ index: [Int], _ layout: ZarrLayout, to target: UnsafeMutableRawBufferPointer,
        _ start: [Int],
        _ count: [Int]
    ) {
        let rank = layout.shape.count, size = layout.type.size
        // The common part, in elements of the array; then the distances of neighbors in the chunk and in the target.
        let low = (0..<rank).map { max(start[$0], index[$0] * layout.chunk[$0]) }
        let high = (0..<rank).map { min(start[$0] + count[$0], (index[$0] + 1) * layout.chunk[$0]) }
        let sources = strides(layout.chunk, size, isFortran: layout.isFortran)
        let targets = strides(count, size, isFortran: false)
        var place = low
        let length = rank == 0 ? 1 : high[rank - 1] - low[rank - 1], isRun = rank == 0 || sources[rank - 1] == size
        while true {
            var to = 0, from = 0
            for axis in 0..<rank {
                to += (place[axis] - start[axis]) * targets[axis]
                from += (place[axis] - index[axis] * layout.chunk[axis]) * sources[axis]
            }
            if let chunk, isRun {
                chunk.withUnsafeBytes { chunk in
                    UnsafeMutableRawBufferPointer(rebasing: target[to..<to + length * size]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: chunk[from..<from + length * size]))
                }
            } else {
                for element in 0..<length {
                    for byte in 0..<size {
                        target[to + element * size + byte] =
                            chunk.map { $0[from + element * sources[rank - 1] + byte] } ?? layout.fill[byte]
                    }
                }
            }
            var axis = rank - 2
            while axis >= 0, place[axis] == high[axis] - 1 {
                place[axis] = low[axis]
                axis -= 1
            }
            guard axis >= 0 else { return }
            place[axis] += 1
        }
    }

    private static func strides(_ extents: [Int], _ size: Int, isFortran: Bool) -> [Int] {
        var strides = [Int](repeating: size, count: extents.count), product = size
        for axis in isFortran ? Array(extents.indices) : extents.indices.reversed() {
            strides[axis] = product
            product *= extents[axis]
        }
        return strides
    }
}
