import Formats
import Foundation
import Shards
import TestSupport
import Testing

/// A data set of 24 sequences of noise in four shards of six: 17 for training, 4 for validation, 3 for testing.
struct SmallDataSet {
    static let geometry = SequenceGeometry(frames: 2, height: 8, width: 9, channels: 1)
    let folder: TemporaryFolder
    let name: String
    var path: String { folder.file(name) }

    /// Sequence *k* is that of number *first* + *k* of the noise.
    init(
        _ name: String = "x.shards", in folder: TemporaryFolder, type: Shards.ElementType = .uint8, pairs: Bool = false
    ) throws {
        (self.folder, self.name) = (folder, name)
        let splits = try SplitRange.ranges(total: 24, validation: HeldBack(count: 4), test: HeldBack(count: 3))
        let writer = try ShardWriter(
            folder: folder.file(name), geometry: Self.geometry, elementType: type, splits: splits, shards: 4, level: 1)
        if pairs {
            let inputs = try writer.inputs(elementType: type)
            try inputs.append(Self.noise(1000..<1024, type))
            _ = try inputs.finish()
        }
        try writer.append(Self.noise(0..<24, type))
        _ = try writer.finish()
    }

    /// Sequences of noise by their numbers.
    static func noise(_ numbers: Range<Int>, _ type: Shards.ElementType = .uint8) -> [UInt8] {
        numbers.flatMap { number in
            var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
            let values = (0..<geometry.elements).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            }
            guard type == .float32 else { return values }
            return values.map { Float($0) / Float(number + 1) }.withUnsafeBytes { [UInt8]($0) }
        }
    }

    func shard(_ index: Int, inputs: Bool = false) -> String {
        "\(name)/\(inputs ? "inputs/" : "")0000\(index)-of-00004.npy.zst"
    }

    /// Flips bytes in the frame of a sequence.
    func flip(_ sequence: Int, inputs: Bool = false) throws {
        let file = shard(sequence / 6, inputs: inputs)
        var bytes = try folder.bytes(of: file)
        // Noise does not compress, so that the frames of a shard have one size but for the first, of the header.
        let table = 8 + 12 * 7 + 9, header = bytes.count - table
        let sizes = (0..<7).map { index in
            let entry = header + 8 + 12 * index
            return Int(bytes[entry]) | Int(bytes[entry + 1]) << 8
        }
        let start = sizes.prefix(1 + sequence % 6).reduce(0, +)
        bytes[start + sizes[1 + sequence % 6] / 2] ^= 0x55
        try folder.write(bytes, to: file)
    }

    func cut(_ index: Int, to fraction: Double) throws {
        let bytes = try folder.bytes(of: shard(index))
        try folder.write([UInt8](bytes.prefix(Int(fraction * Double(bytes.count)))), to: shard(index))
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }

    func repair(_ options: DataSetRepair.Options = .init()) throws -> DataSetRepair.Report {
        try DataSetRepair(folder: path, options: options).run()
    }

    /// The bytes of all files in the folder and those in it, by their names.
    func contents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: path) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(path)/\(file)", isDirectory: &isFolder)
            contents[file] = isFolder.boolValue ? [] : try folder.bytes(of: "\(name)/\(file)")
        }
        return contents
    }

    /// Requires a sound data set of these sequences of the noise, and that another repair leaves it as it is.
    func require(
        _ numbers: [Int], splits: [Int], type: Shards.ElementType = .uint8, pairs: Bool = false,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let set = try ShardSet(folder: path)
        #expect(set.count == numbers.count, sourceLocation: location)
        #expect(set.manifest.splits.map(\.sequences) == splits, sourceLocation: location)
        for (index, number) in numbers.enumerated() {
            let noise = Self.noise(number..<number + 1, type)
            #expect(try set.bytes(ofSequence: index) == noise, "\(index)", sourceLocation: location)
            guard pairs, type == .uint8 else { continue }
            let seen = Self.noise(1000 + number..<1001 + number).map { Float($0) }
            #expect(try set.inputs?.sequence(index) == seen, "\(index)", sourceLocation: location)
        }
        for shard in set.manifest.shards {
            #expect(set.manifest.examination(of: shard, in: path).damage == nil, sourceLocation: location)
        }
        let before = try contents(), again = try repair()
        #expect(!again.isChanged && again.damages.isEmpty, sourceLocation: location)
        #expect(try contents() == before, sourceLocation: location)
    }
}
