// `convlstm-shard repair`: mends a folder of shards, and says what is lost.

import ArgumentParser
import CommandSupport
import Platform
import Reports
import Shards

struct Repair: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mend a data set's folder: save the sound sequences of damaged shards, make a lost manifest again.",
        discussion: """
            Reads every byte first. What is damaged is kept under another name, NAME.damaged, and the sequences that are \
            lost are named; those behind them move up. A folder in which all is sound stays as it is.

            Example: convlstm-shard repair mnist_test_seq.shards
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Flag(help: "Go on without the shards that are not there, or of which nothing can be saved.")
    var dropMissing = false

    @Option(parsing: .unconditional, help: "The --validation that split was given, if the manifest is lost.")
    var validation: HeldBack?

    @Option(parsing: .unconditional, help: "The --test that split was given, if the manifest is lost.")
    var test: HeldBack?

    @OptionGroup var meaning: MeaningOptions

    func validate() throws {
        try OptionCheck.requireNames([("the folder", folder)])
        guard (validation == nil) == (test == nil) else {
            throw ValidationError(
                "--validation and --test say together how a data set was split; give both, or neither.")
        }
    }

    func run() throws {
        let options = DataSetRepair.Options(
            validation: validation, test: test, dropsMissing: dropMissing, values: meaning.given)
        let report = try DataSetRepair(folder: folder, options: options) { try Interruption.check() }.run()
        StandardOutput.print("\(folder): \(summary(report))")
        for damage in report.damages { StandardOutput.print(damage) }
        for remark in report.remarks { StandardOutput.print(remark) }
    }

    private func summary(_ report: DataSetRepair.Report) -> String {
        let left = counted(report.manifest.sequences, "sequence")
        guard report.isChanged else { return "nothing to mend, \(left)" }
        let splits = report.manifest.splits.map { "\($0.sequences) \($0.name.rawValue)" }.joined(separator: ", ")
        let lost = report.lost == 0 ? "no sequence is lost" : "\(counted(report.lost, "sequence")) lost"
        let made = report.madeManifest ? "; its manifest was made again" : ""
        return "mended, \(lost), \(left): \(splits)\(made)"
    }
}
