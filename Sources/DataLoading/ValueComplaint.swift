// Values that a network was not trained on: the same pictures in other units give forecasts without sense, and no other
// error. The choice: a warning with both ranges, because only a person knows whether they are the same units.

import Shards

package enum ValueComplaint {
    /// A sentence about values that cannot be of the data that a network was trained on; nil where they may be.
    package static func about(_ pasts: [[Float]], of name: String, trainedOn range: ClosedRange<Float>) -> String? {
        guard let least = pasts.joined().min(), let most = pasts.joined().max() else { return nil }
        let isConstant = most == least
        return about(least...most, of: name, trainedOn: range, narrowest: isConstant ? 0 : 1 / 50)
    }

    /// The same about the values of a whole data set, which a few dark sequences do not make narrow.
    ///
    /// - Parameter narrowest: the part of the range that they must span.
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
    /// A sentence about values that cannot be of the data that a network was trained on; nil where they may be.
    ///
    /// - Parameter sequences: of which a few are looked at where the data set knows no range but that of bytes.
    package func complaint(about sequences: Range<Int>, trainedOn range: ClosedRange<Float>) throws -> String? {
        if let measured = measuredRange { return ValueComplaint.about(measured, of: name, trainedOn: range) }
        let step = max(1, sequences.count / 8)
        let some = try stride(from: sequences.lowerBound, to: sequences.upperBound, by: step).prefix(8)
            .map { try (source.inputs ?? source).sequence($0) }
        return ValueComplaint.about(some, of: name, trainedOn: range)
    }

    /// Of all values, where somebody looked at all of them.
    private var measuredRange: ClosedRange<Float>? {
        (source as? ShardSet)?.manifest.elementType == .float32 ? source.valueRange : nil
    }
}
