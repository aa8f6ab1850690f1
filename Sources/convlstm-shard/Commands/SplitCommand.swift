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
            testing, those before them for validation, and the first for training. With --append the sequences of one or \
            more files are added to those for training of a folder of shards that is there.
            """)

    @Argument(help: "The .npy or .npz file, or the folder of frames; several with --append.", completion: .file())
    var files: [String]

    @Option(help: "The folder of shards to which the sequences are added, for training.", completion: .directory)
    var append: String?

    @Option(
        help: """
            What the network is to see in place of the sequences, for example noisy ones: a file or folder; with --append \
            given for each file, in their order.
            """, completion: .file())
    var inputs: [String] = []

    @OptionGroup var source: SourceOptions

    @Option(parsing: .unconditional, help: "How many files to write.")
    var shards = 8

    @Option(help: "The folder to make (default: the file's name with .shards, here).", completion: .directory)
    var output: String?

    @Option(parsing: .unconditional, help: "Sequences for validation: a count, or a fraction of all (default: 0.1).")
    var validation: HeldBack?

    @Option(parsing: .unconditional, help: "Sequences for testing: a count, or a fraction of all (default: 0.1).")
    var test: HeldBack?

    @Option(
        parsing: .unconditional,
        help: "zstd's compression level, \(Zstd.levels.lowerBound) to \(Zstd.levels.upperBound).")
    var level = 3

    func validate() throws {
        try OptionCheck.requireNames(
            files.map { ("the file", $0) } + inputs.map { ("--inputs", $0) }
                + [("--output", output), ("--append", append)])
        try OptionCheck.require(shards, in: 1...512, "--shards")
        try OptionCheck.require(level, in: Zstd.levels, "--level")
        guard append != nil || files.count == 1 else {
            throw ValidationError(
                "\(files.count) files are given, and a folder of shards is made of one; add the others to it with --append."
            )
        }
        guard inputs.isEmpty || inputs.count == files.count else {
            throw ValidationError(
                "--inputs is given \(inputs.count == 1 ? "once" : "\(inputs.count) times") for \(counted(files.count, "file")); give "
                    + "it once for each file, in their order.")
        }
        let others: [(String, Bool)] = [
            ("--output", output != nil), ("--validation", validation != nil), ("--test", test != nil),
        ]
        if append != nil, let other = others.first(where: \.1) {
            throw ValidationError(
                "--append adds sequences for training to a folder that is there; leave out \(other.0), or leave out --append."
            )
        }
    }

    func run() throws {
        if let append { try add(to: append) } else { try make() }
    }

    private var file: String { files[0] }

    private func make() throws {
        let folder = output ?? defaultFolder
        try DataFolder.requireAbsent(folder)
        let scratch = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        let sequences = try source.open(file, scratchFolder: scratch)
        let seen = try inputs.first.map { try source.open($0, scratchFolder: scratch) }
        if let seen { try requirePair(sequences, file, seen, inputs[0]) }
        let (manifest, values) = try write(sequences, seen, to: folder)
        report(manifest, folder)
        if let values, let remark = remark(about: values, manifest) { StandardOutput.print("\(folder): \(remark)") }
    }

    private var defaultFolder: String {
        let url = URL(fileURLWithPath: file)
        return (SourceOptions.isFolder(file) ? url : url.deletingPathExtension()).lastPathComponent + ".shards"
    }

    private func requirePair(
        _ sequences: any RawSequences, _ file: String, _ seen: any RawSequences, _ input: String
    ) throws {
        guard sequences.geometry == seen.geometry, sequences.count == seen.count else {
            throw ShardError(
                "\(input) holds \(counted(seen.count, "sequence")) of \(seen.geometry), and \(file) \(sequences.count) of "
                    + "\(sequences.geometry); give inputs that go with the sequences frame by frame")
        }
    }

    private func write(
        _ sequences: any RawSequences, _ seen: (any RawSequences)?, to folder: String
    ) throws -> (Manifest, values: ClosedRange<Float>?) {
        let usual = HeldBack("0.1")!
        let splits = try SplitRange.ranges(
            total: sequences.count, validation: validation ?? usual, test: test ?? usual)
        let writer = try ShardWriter(
            folder: folder, geometry: sequences.geometry, elementType: sequences.elementType, splits: splits,
            shards: shards, level: level)
        if let seen {
            let inputs = try writer.inputs(elementType: seen.elementType)
            try copy(seen, "splitting inputs", to: inputs.append)
            _ = try inputs.finish()
        }
        try copy(sequences, "splitting", to: writer.append)
        return (try writer.finish(), writer.values)
    }

    private func copy(_ sequences: any RawSequences, _ label: String, to append: ([UInt8]) throws -> Void) throws {
        let bar = ProgressBar(label, total: sequences.count)
        for block in sequences.blocks {
            try append(sequences.bytes(of: block))
            try bar.update(block.upperBound)
        }
    }

    /// Adds the sequences of all files to a data set, in one step.
    private func add(to folder: String) throws {
        try DataFolder.require(folder)
        let added = try files.map { try source.open($0, scratchFolder: folder) }
        let seen = try inputs.map { try source.open($0, scratchFolder: folder) }
        try requireAlike(added, files)
        try requireAlike(seen, inputs)
        for index in seen.indices { try requirePair(added[index], files[index], seen[index], inputs[index]) }
        let count = added.reduce(0) { $0 + $1.count }
        let appender = try ShardAppender(
            folder: folder, geometry: added[0].geometry, elementType: added[0].elementType,
            inputs: seen.first?.elementType, sequences: count, shards: shards, level: level)
        for (file, sequences) in zip(inputs, seen) {
            try copy(sequences, "appending \(file)", to: appender.appendInputs)
        }
        for (file, sequences) in zip(files, added) { try copy(sequences, "appending \(file)", to: appender.append) }
        let before = appender.manifest, manifest = try appender.finish()
        report(manifest, folder)
        if before.valueRange != manifest.valueRange {
            StandardOutput.print(
                "\(folder): its values are now \(manifest.valueRange[0]) to \(manifest.valueRange[1]), and were "
                    + "\(before.valueRange[0]) to \(before.valueRange[1])")
        }
    }

    /// Throws `ShardError` unless the sequences of all files are of one kind.
    private func requireAlike(_ sequences: [any RawSequences], _ files: [String]) throws {
        guard let first = sequences.first else { return }
        for (file, other) in zip(files, sequences)
        where other.geometry != first.geometry || other.elementType != first.elementType {
            throw ShardError(
                "\(file) holds sequences of \(other.geometry), \(other.elementType.rawValue), and \(files[0]) of "
                    + "\(first.geometry), \(first.elementType.rawValue); append what is alike")
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
