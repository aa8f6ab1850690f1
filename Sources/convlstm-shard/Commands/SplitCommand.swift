// `convlstm-shard split`: converts an array, or a folder of frames, to a folder of shards.

import Reports
import ArgumentParser
import CommandSupport
import Foundation
import Formats
import Platform
import Shards

struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Turn a .npy or .npz array, or a folder of frames, into a folder of shards to train on.",
        discussion: """
            Takes arrays of (sequences, frames, height, width[, channels]), or (frames, sequences, height, width) as \
            mnist_test_seq.npy has it, or of any other order given by --axes; or a folder of PNG or PGM frames, which are \
            films by the times in their names, or else clips in the order of the numbers there. With --frames, arrays \
            and folders are films that are cut into sequences, never across a gap in their times. The last sequences are \
            for testing, those before them for validation, and the first for training; no frame is in two of these. With \
            --append the sequences of one or more files are added to those for training of a folder of shards that is there.

            Example: convlstm-shard split archive --frames 18 --stride 6 --unit mm/h --output radar.shards
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

    @OptionGroup(title: "HOW FILES ARE READ") var source: SourceOptions

    @Option(parsing: .unconditional, help: "How many files to write.")
    var shards = 8

    @Option(help: "The folder to make (default: the file's name with .shards, here).", completion: .directory)
    var output: String?

    @OptionGroup(title: "WHAT IS HELD BACK") var holding: DivisionOptions

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
        if append != nil, let other = ((output == nil ? [] : ["--output"]) + holding.given).first {
            throw ValidationError(
                "--append adds sequences for training to a folder that is there; leave out \(other), or leave out --append."
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
        let division = holding.division
        let (sequences, splits) = try source.open(file, scratchFolder: scratch).divided(by: division)
        let seen = try inputs.first.map { try source.open($0, scratchFolder: scratch).divided(by: division).sequences }
        if let seen { try requirePair(sequences, file, seen, inputs[0]) }
        let (manifest, values) = try write(sequences, seen, splits, to: folder)
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
        guard sequences.facts.times == seen.facts.times else {
            throw ShardError(
                "the sequences of \(input) and \(file) begin at different times; give inputs that go with the sequences frame "
                    + "by frame")
        }
    }

    private func write(
        _ sequences: any RawSequences, _ seen: (any RawSequences)?, _ splits: [SplitRange], to folder: String
    ) throws -> (Manifest, values: ClosedRange<Float>?) {
        let writer = try ShardWriter(
            folder: folder, geometry: sequences.geometry, elementType: sequences.elementType, facts: sequences.facts,
            splits: splits, shards: shards, level: level)
        if let seen {
            let inputs = try writer.inputs(elementType: seen.elementType, facts: seen.facts)
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
            folder: folder, geometry: added[0].geometry, elementType: added[0].elementType, facts: facts(of: added),
            inputs: seen.first?.elementType, inputsFacts: facts(of: seen), sequences: count, shards: shards,
            level: level)
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

    /// What is known of the sequences of all files, which are alike.
    private func facts(of sequences: [any RawSequences]) -> SequenceFacts {
        var facts = sequences.first?.facts ?? SequenceFacts()
        facts.times = facts.times.map { _ in sequences.flatMap { $0.facts.times ?? [] } }
        return facts
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
        for (file, other) in zip(files, sequences) {
            if let difference = first.facts.difference(of: other.facts) {
                throw ShardError("\(files[0]) and \(file) differ: of the first, \(difference); append what is alike")
            }
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
        guard !manifest.hasMeasuredValues, values.upperBound - values.lowerBound < 32 else { return nil }
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
