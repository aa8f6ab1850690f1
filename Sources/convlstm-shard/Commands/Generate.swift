// `convlstm-shard generate`: synthetic data sets.

import Reports
import ArgumentParser
import CommandSupport
import Platform
import Shards

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data set as a .npy file, or an archive of radar pictures.",
        subcommands: [GenerateMovingMNIST.self, GenerateMovingSquares.self, GenerateRain.self, GenerateShowers.self])
}

/// The options of all generated data sets.
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
    /// The seed as a number; `validate` has ensured that it is one.
    var seedNumber: UInt64 { UInt64(seed)! }

    /// Writes a source to a new file with a progress bar, and prints a summary, with the option that `split` needs if the shape does
    /// not tell the layout.
    func write(
        _ source: some SequenceSource, as elementType: Shards.ElementType, layout: ArrayLayout, to path: String
    ) throws {
        let bar = ProgressBar("generating", total: source.count)
        let export = ArrayExport(source, as: elementType, layout: layout)
        try export.write(to: path) { try bar.update($0) }
        StandardOutput.print(
            "\(path): \(counted(source.count, "sequence")) of \(source.geometry), "
                + "\(elementType.rawValue), \(layout.rawValue)")
        if !export.shapeTellsItsLayout {
            StandardOutput.print(
                "Its shape may be read in another way, too: split it with --layout \(layout.rawValue)")
        }
    }
}
