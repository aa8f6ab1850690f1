// `convlstm-shard generate`: data sets made by the program.

import Reports
import ArgumentParser
import CommandSupport
import Platform
import Shards

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data set as a .npy file.",
        subcommands: [GenerateMovingMNIST.self, GenerateMovingSquares.self])
}

/// What all generated data sets have.
struct GeneratorOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "How many sequences to make.")
    var sequences = 10_000

    @Option(parsing: .unconditional, help: "The same seed makes the same file.")
    var seed = "1"

    func validate() throws {
        try OptionCheck.require(sequences, in: 1...10_000_000, "--sequences")
        guard UInt64(seed) != nil else {
            throw ValidationError("--seed is \(seed.quotable()); give a whole number from 0 to \(UInt64.max)")
        }
    }
}

extension GeneratorOptions {
    /// As a number, which `validate` has made sure it is.
    var seedNumber: UInt64 { UInt64(seed)! }

    /// Writes a source to a new file under a progress bar, and says so.
    func write(
        _ source: some SequenceSource, as elementType: Shards.ElementType, layout: ArrayLayout, to path: String
    ) throws {
        let bar = ProgressBar("generating", total: source.count)
        try ArrayExport(source, as: elementType, layout: layout).write(to: path) { try bar.update($0) }
        StandardOutput.print(
            "\(path): \(counted(source.count, "sequence")) of \(source.geometry), "
                + "\(elementType.rawValue), \(layout.rawValue)")
    }
}
