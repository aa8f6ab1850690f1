// What is held back for validation and testing, as options of a command.

import ArgumentParser
import CommandSupport
import Shards

extension HeldBack: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension UTCTime: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct DivisionOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Sequences for validation: a count, or a fraction of all (default: 0.1).")
    var validation: HeldBack?

    @Option(parsing: .unconditional, help: "Sequences for testing: a count, or a fraction of all (default: 0.1).")
    var test: HeldBack?

    @Option(help: "The time from which on sequences are for validation, such as 2010-08-26T04:00, in UTC.")
    var validationFrom: UTCTime?

    @Option(help: "The time from which on sequences are for testing.")
    var testFrom: UTCTime?

    @Option(
        parsing: .unconditional,
        help: "The least number of a film's frames between the last frame of one split and the first of the next.")
    var gapBetweenSplits = 0

    func validate() throws {
        try OptionCheck.require(gapBetweenSplits, in: 0...1_000_000, "--gap-between-splits")
        for (name, isTwice) in [
            ("validation", validation != nil && validationFrom != nil), ("test", test != nil && testFrom != nil),
        ] where isTwice {
            throw ValidationError("--\(name) and --\(name)-from both say what is held back; leave out one of them.")
        }
        if let validationFrom, let testFrom, validationFrom >= testFrom {
            throw ValidationError(
                "--validation-from is \(validationFrom) and --test-from \(testFrom); testing comes last, give a later time."
            )
        }
    }

    /// The options that are given.
    var given: [String] {
        let all: [(String, Bool)] = [
            ("--validation", validation != nil), ("--test", test != nil), ("--validation-from", validationFrom != nil),
            ("--test-from", testFrom != nil), ("--gap-between-splits", gapBetweenSplits != 0),
        ]
        return all.filter(\.1).map(\.0)
    }

    var division: Division {
        let usual = HeldBack("0.1")!
        return Division(
            validation: validationFrom.map(Division.Part.from) ?? .amount(validation ?? usual),
            test: testFrom.map(Division.Part.from) ?? .amount(test ?? usual), gap: gapBetweenSplits)
    }
}
