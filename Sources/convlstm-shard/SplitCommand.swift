// `convlstm-shard split`: somebody's array to a folder of shards.

import ArgumentParser
import Foundation
import Formats
import Shards

extension ArrayLayout: ExpressibleByArgument {}

extension HeldBack: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Turn a .npy or .npz array into a folder of shards to train on.",
        discussion: """
            Takes uint8, float32 and float64 arrays of (sequences, frames, height, width[, channels]), or \
            (frames, sequences, height, width) as mnist_test_seq.npy has it. The last sequences are for testing, those \
            before them for validation, and the first for training.
            """)

    @Argument(help: "The .npy or .npz file.", completion: .file())
    var file: String

    @Option(help: "How many files to write.")
    var shards = 8

    @Option(help: "The folder to make (default: the file's name with .shards, here).", completion: .directory)
    var output: String?

    @Option(help: "Sequences for validation: a count, or a fraction of all.")
    var validation = HeldBack("0.1")!

    @Option(help: "Sequences for testing: a count, or a fraction of all.")
    var test = HeldBack("0.1")!

    @Option(help: "zstd's compression level, \(Zstd.levels.lowerBound) to \(Zstd.levels.upperBound).")
    var level = 3

    @Option(help: "The order of the array's axes (default: told by the shape where it leaves no doubt).")
    var layout: ArrayLayout?

    @Option(help: "Frames of a sequence, for the layout concatenated.")
    var frames: Int?

    @Option(help: "Which array of a .npz file.")
    var key: String?

    func validate() throws {
        try Check.require(shards, in: 1...512, "--shards")
        try Check.require(level, in: Zstd.levels, "--level")
        if let frames { try Check.require(frames, in: 1...10_000, "--frames") }
    }

    func run() throws {
        let folder = output ?? defaultFolder
        try Check.requireAbsent(folder)
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        let array = try NpyFile(path: file, key: key, scratchFolder: parent)
        let sequences = try ArraySequences(array, layout: chosenLayout(array), frames: frames)
        let manifest = try write(sequences, to: folder)
        report(manifest, folder, read: array.header.byteCount)
    }

    private var defaultFolder: String {
        URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent + ".shards"
    }

    private func chosenLayout(_ array: NpyFile) throws -> ArrayLayout {
        if let layout { return layout }
        let (layout, reason) = try ArrayLayout.detected(in: array.header.shape, file: array.path)
        print("\(array.path): shape \(array.header.shape), read as \(layout.rawValue) because \(reason)")
        return layout
    }

    private func write(_ sequences: ArraySequences, to folder: String) throws -> Manifest {
        let splits = try SplitRange.ranges(total: sequences.count, validation: validation, test: test)
        let writer = try ShardWriter(
            folder: folder, geometry: sequences.geometry, elementType: sequences.elementType, splits: splits,
            shards: shards, level: level)
        let bar = ProgressBar("splitting", total: sequences.count)
        for block in sequences.blocks {
            try writer.append(sequences.bytes(of: block))
            try bar.update(block.upperBound)
        }
        return try writer.finish()
    }

    private func report(_ manifest: Manifest, _ folder: String, read: Int) {
        let written = manifest.shards.reduce(0) { $0 + $1.bytes }
        let splits = manifest.splits.map { "\($0.sequences) \($0.name.rawValue)" }.joined(separator: ", ")
        print("\(folder): \(manifest.sequences) sequences of \(manifest.geometry) in \(manifest.shards.count) shards, "
            + "\(inMB(read)) to \(inMB(written)); \(splits)")
    }
}

/// A number of bytes as people read it.
func inMB(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
}
