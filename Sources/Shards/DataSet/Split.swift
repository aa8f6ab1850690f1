// The split into training, validation and test sequences. The choice: the usual one for the Toronto file - the last
// sequences for testing, those before them for validation, the first for training - which needs no seed and no list.

/// The splits, by their names in the manifest and on the command line.
package enum Split: String, Codable, CaseIterable, Sendable {
    case train, validation, test
}

/// A contiguous run of sequences of one split.
package struct SplitRange: Codable, Equatable, Sendable {
    package var name: Split
    package var first: Int
    package var sequences: Int

    package var range: Range<Int> { first..<first + sequences }

    /// All three splits of `total` sequences, in order. A split may be empty, except train.
    ///
    /// Throws `ShardError` if more sequences are held back than there are.
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
    /// The indices of the sequences of a split; empty if none were held back for it.
    package func range(of split: Split) -> Range<Int> {
        first { $0.name == split }?.range ?? 0..<0
    }
}
