// `convlstm-shard generate`: data sets made by the program.

import ArgumentParser
import Foundation
import Formats
import Shards

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data set as a .npy file.", subcommands: [GenerateMovingMNIST.self, GenerateMovingSquares.self])
}

/// What all generated data sets have.
struct GeneratorOptions: ParsableArguments {
    @Option(help: "How many sequences to make.")
    var sequences = 10_000

    @Option(help: "The same seed makes the same file.")
    var seed: UInt64 = 1

    /// The largest sequence, in numbers: what a shard takes as floats.
    private static let largest = SeekableZstdWriter.largestFrame / 4

    func validate() throws {
        try Self.require(sequences, in: 1...10_000_000, "--sequences")
    }

    /// Checks the extents of a sequence before memory is taken for one.
    static func check(frames: Int, size: Int) throws {
        try require(frames, in: 1...10_000, "--frames")
        try require(size, in: 8...4096, "--size")
        guard frames * size * size <= largest else {
            throw ValidationError("--frames \(frames) of --size \(size) make sequences of more than \(largest) numbers; "
                + "lower one of them.")
        }
    }

    static func require(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) is \(value); give a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// Throws if there is something at `path` that would be lost.
    static func requireAbsent(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw ShardError("\(path) exists; remove it, or give another --output")
        }
    }
}

extension GeneratorOptions {
    /// Writes a source to a new file under a progress bar, and says so.
    func write(
        _ source: some SequenceSource, as elementType: Shards.ElementType, layout: ArrayLayout, to path: String
    ) throws {
        let bar = ProgressBar("generating", total: source.count)
        try ArrayExport(source, as: elementType, layout: layout).write(to: path) { try bar.update($0) }
        print("\(path): \(source.count) sequences of \(source.geometry), \(elementType.rawValue), \(layout.rawValue)")
    }
}
