// What a network will see of the values of a data set, said before it trains. The choice: a few sequences are looked at,
// which shows at once where a unit is wrong or most pixels are missing.

import Configuration
import Foundation
import Shards

/// Shares of the pixels of some training sequences.
package struct ValueSummary: Sendable, Equatable {
    /// The number of sequences and pixels that were looked at.
    package var sequences = 0, pixels = 0

    /// The pixels that are missing, and those whose values the model's transform clips.
    package var missing = 0, clipped = 0

    /// A sentence such as "of 8 sequences 74.1 % of the pixels are missing and 0.02 % of the others beyond the transform";
    /// nil if all is ordinary.
    package var inWords: String? {
        guard missing + clipped > 0 else { return nil }
        func share(_ part: Int, of whole: Int) -> String {
            String(format: "%.3g %%", 100 * Double(part) / Double(whole))
        }
        let gone = missing == 0 ? [] : ["\(share(missing, of: pixels)) of the pixels are missing, and in no loss"]
        let cut =
            clipped == 0
            ? [] : ["\(share(clipped, of: pixels - missing)) of the values are beyond the transform and clipped"]
        return "of \(sequences) training sequences, " + (gone + cut).joined(separator: "; ")
    }
}

extension DataSet {
    /// A summary of up to eight training sequences that this rank can read; nil for values without a unit or a transform.
    package func valueSummary(for model: SystemDescription) throws -> ValueSummary? {
        guard source.unit != nil || model.sequences.transform != nil else { return nil }
        let own = deal?.training.first ?? range(of: .train), scale = try scale(for: model)
        var summary = ValueSummary()
        for number in stride(from: own.lowerBound, to: own.upperBound, by: max(1, own.count / 8)).prefix(8) {
            let values = try source.sequence(number)
            summary.sequences += 1
            summary.pixels += values.count
            summary.missing += values.count { $0.isNaN }
            summary.clipped += scale.clipped(values)
        }
        return summary
    }
}
