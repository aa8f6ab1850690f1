// Which sequences train, validate and test. The choice: the convention of the Toronto file's users - the last ones
// test, those before them validate, the first ones train - so that splits need no seed and no list.

/// The uses of sequences, by the names in the manifest and on the command line.
package enum Split: String, Codable, CaseIterable, Sendable {
    case train, validation, test
}

/// A contiguous run of sequences with its use.
package struct SplitRange: Codable, Equatable, Sendable {
    package var name: Split
    package var first: Int
    package var sequences: Int

    package var range: Range<Int> { first..<first + sequences }

    /// All three splits of `total` sequences, in order; a split may be empty, but not train.
    ///
    /// Throws `ShardError` when more is held back than there is.
    package static func ranges(total: Int, validation: HeldBack, test: HeldBack) throws -> [SplitRange] {
        let (validating, testing) = (validation.count(of: total), test.count(of: total))
        guard validating < total, testing < total - validating else {
            throw ShardError(
                "holding back \(validating) sequences for validation and \(testing) for testing leaves none of the "
                    + "\(total) to train on; lower --validation or --test")
        }
        let training = total - validating - testing
        return [
            SplitRange(name: .train, first: 0, sequences: training),
            SplitRange(name: .validation, first: training, sequences: validating),
            SplitRange(name: .test, first: training + validating, sequences: testing),
        ]
    }
}

extension [SplitRange] {
    /// The numbers of the sequences with a use; empty if none were held back for it.
    package func range(of split: Split) -> Range<Int> {
        first { $0.name == split }?.range ?? 0..<0
    }
}
