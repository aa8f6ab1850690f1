// Detection of values in other units than those that a network was trained on, which give meaningless forecasts
// and no other error. The choice: a warning with both ranges, because only a person knows whether the units are
// the same.

import Shards

package enum ValueComplaint {
    /// A sentence about values that cannot be in the units of the training data; nil if they may be.
    package static func about(_ pasts: [[Float]], of name: String, trainedOn range: ClosedRange<Float>) -> String? {
        let known = pasts.joined().lazy.filter { !$0.isNaN }
        guard let least = known.min(), let most = known.max() else { return nil }
        let isConstant = most == least
        return about(least...most, of: name, trainedOn: range, narrowest: isConstant ? 0 : 1 / 50)
    }

    /// A sentence about the values of a whole data set, which a few dark sequences do not make narrow.
    ///
    /// - Parameter narrowest: the fraction of the training range that the values must span.
    package static func about(
        _ values: ClosedRange<Float>, of name: String, trainedOn range: ClosedRange<Float>, narrowest: Float = 1 / 3
    ) -> String? {
        let width = range.upperBound - range.lowerBound, slack = width / 100
        let isOutside = values.lowerBound < range.lowerBound - slack || values.upperBound > range.upperBound + slack
        guard isOutside || values.upperBound - values.lowerBound < width * narrowest else { return nil }
        return
            "the values of \(name) lie between \(values.lowerBound) and \(values.upperBound), and the network was trained "
            + "on values from \(range.lowerBound) to \(range.upperBound); unless both are in the same units, bring "
            + "them to that range for a sensible forecast"
    }
}

extension DataSet {
    /// A sentence about values that cannot be in the units of the training data; nil if they may be.
    ///
    /// - Parameter sequences: the sequences in use. A few of them are read if the data set knows no range but that
    ///   of bytes.
    package func complaint(about sequences: Range<Int>, trainedOn range: ClosedRange<Float>) throws -> String? {
        if let measured = measuredRange { return ValueComplaint.about(measured, of: name, trainedOn: range) }
        let step = max(1, sequences.count / 8)
        let some = try stride(from: sequences.lowerBound, to: sequences.upperBound, by: step).prefix(8)
            .map { try (source.inputs ?? source).sequence($0) }
        return ValueComplaint.about(some, of: name, trainedOn: range)
    }

    /// The measured range of all values; nil if it was not measured.
    private var measuredRange: ClosedRange<Float>? {
        (source as? ShardSet)?.manifest.hasMeasuredValues == true ? source.valueRange : nil
    }
}
