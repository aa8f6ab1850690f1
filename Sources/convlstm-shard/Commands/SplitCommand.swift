// `convlstm-shard split`: converts an array, or a folder of PNG frames, to a folder of shards.

import Reports
import ArgumentParser
import CommandSupport
import Foundation
import Formats
import Platform
import Shards

extension HeldBack: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Turn a .npy or .npz array, or a folder of PNG frames, into a folder of shards to train on.",
        discussion: """
            Takes uint8, float32 and float64 arrays of (sequences, frames, height, width[, channels]), or \
            (frames, sequences, height, width) as mnist_test_seq.npy has it; or a folder of PNG frames, which are one \
            long clip in the order of the numbers in their names, or a folder of such folders. The last sequences are for \
            testing, those before them for validation, and the first for training.
            """)

    @Argument(help: "The .npy or .npz file, or the folder of frames.", completion: .file())
    var file: String

    @Option(help: "What the network is to see in place of the sequences, for example noisy ones: a file or folder.")
    var inputs: String?

    @OptionGroup var source: SourceOptions

    @Option(parsing: .unconditional, help: "How many files to write.")
    var shards = 8

    @Option(help: "The folder to make (default: the file's name with .shards, here).", completion: .directory)
    var output: String?

    @Option(parsing: .unconditional, help: "Sequences for validation: a count, or a fraction of all.")
    var validation = HeldBack("0.1")!

    @Option(parsing: .unconditional, help: "Sequences for testing: a count, or a fraction of all.")
    var test = HeldBack("0.1")!

    @Option(
        parsing: .unconditional,
        help: "zstd's compression level, \(Zstd.levels.lowerBound) to \(Zstd.levels.upperBound).")
    var level = 3

    func validate() throws {
        try OptionCheck.requireNames([("the file", file), ("--inputs", inputs), ("--output", output)])
        try OptionCheck.require(shards, in: 1...512, "--shards")
        try OptionCheck.require(level, in: Zstd.levels, "--level")
    }

    func run() throws {
        let folder = output ?? defaultFolder
        try DataFolder.requireAbsent(folder)
        let scratch = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        let sequences = try source.open(file, scratchFolder: scratch)
        let seen = try inputs.map { try source.open($0, scratchFolder: scratch) }
        if let seen { try requirePair(sequences, seen) }
        let (manifest, values) = try write(sequences, seen, to: folder)
        report(manifest, folder)
        if let values, let remark = remark(about: values, manifest) { StandardOutput.print("\(folder): \(remark)") }
    }

    private var defaultFolder: String {
        let url = URL(fileURLWithPath: file)
        return (SourceOptions.isFolder(file) ? url : url.deletingPathExtension()).lastPathComponent + ".shards"
    }

    private func requirePair(_ sequences: any RawSequences, _ seen: any RawSequences) throws {
        guard sequences.geometry == seen.geometry, sequences.count == seen.count else {
            throw ShardError(
                "\(inputs!) holds \(counted(seen.count, "sequence")) of \(seen.geometry), and \(file) \(sequences.count) of "
                    + "\(sequences.geometry); give inputs that go with the sequences frame by frame")
        }
    }

    private func write(
        _ sequences: any RawSequences, _ seen: (any RawSequences)?, to folder: String
    ) throws -> (Manifest, values: ClosedRange<Float>?) {
        let splits = try SplitRange.ranges(total: sequences.count, validation: validation, test: test)
        let writer = try ShardWriter(
            folder: folder, geometry: sequences.geometry, elementType: sequences.elementType, splits: splits,
            shards: shards, level: level)
        if let seen {
            let inputs = try writer.inputs(elementType: seen.elementType)
            try copy(seen, to: inputs, "splitting inputs")
            _ = try inputs.finish()
        }
        try copy(sequences, to: writer, "splitting")
        return (try writer.finish(), writer.values)
    }

    private func copy(_ sequences: any RawSequences, to writer: ShardWriter, _ label: String) throws {
        let bar = ProgressBar(label, total: sequences.count)
        for block in sequences.blocks {
            try writer.append(sequences.bytes(of: block))
            try bar.update(block.upperBound)
        }
    }

    private func report(_ manifest: Manifest, _ folder: String) {
        let read = manifest.sequences * manifest.sequenceBytes
        let written = manifest.shards.reduce(0) { $0 + $1.bytes }
        let splits = manifest.splits.map { "\($0.sequences) \($0.name.rawValue)" }.joined(separator: ", ")
        StandardOutput.print(
            "\(folder): \(counted(manifest.sequences, "sequence")) of \(manifest.geometry) in "
                + "\(counted(manifest.shards.count, "shard")), "
                + "\(inMB(read)) to \(inMB(written)); \(splits)\(manifest.inputs == nil ? "" : "; inputs apart")")
    }

    /// A remark about bytes that use little of their range, which are mostly masks and class labels; nil for others.
    private func remark(about values: ClosedRange<Float>, _ manifest: Manifest) -> String? {
        guard manifest.elementType == .uint8, values.upperBound - values.lowerBound < 32 else { return nil }
        let (least, most) = (Int(values.lowerBound), Int(values.upperBound))
        let what = least == most ? "all \(least)" : "\(least) to \(most)"
        return
            "its values are \(what), and uint8 is trained on as 0 to 255, so that they hardly differ; multiply them, or "
            + "split them as float32, which is trained on by the range that it has"
    }
}

/// Formats a number of bytes in megabytes.
func inMB(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
}
