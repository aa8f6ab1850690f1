import Shards
import Testing

/// Sequences whose stored numbers become values where they are looked at.
@Suite struct SequenceValuesTests {
    /// Radar as numbers of 16 bits, of which 65535 is a missing pixel.
    private let numbers: StoredNumbers = {
        var description = ValueDescription()
        (description.missing, description.scale, description.offset, description.unit) = (65_535, 0.5, -32, "dBZ")
        return StoredNumbers(.uint16, description)
    }()
    private let stored: [UInt16] = [0, 64, 65_535, 100, 84, 65_535, 64, 200]

    private var both: (stored: SequenceValues, values: SequenceValues) {
        let bytes = stored.withUnsafeBytes { [UInt8]($0) }
        let values = stored.map { $0 == 65_535 ? Float.nan : Float($0) * 0.5 - 32 }
        return (SequenceValues(bytes, numbers), SequenceValues(values))
    }

    private func part(_ range: Range<Int>, of values: SequenceValues) -> [Float] {
        var copied = [Float](repeating: 7, count: range.count), span = copied.mutableSpan
        values.copy(range, into: &span)
        return copied
    }

    @Test(arguments: [0..<8, 3..<6, 5..<8, 4..<4]) func partsAreTheSame(range: Range<Int>) {
        let (stored, values) = both, one = part(range, of: stored), other = part(range, of: values)
        #expect(stored.count == 8 && values.count == 8 && one.count == range.count)
        #expect(zip(one, other).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    }

    @Test func whatReachesAThresholdIsCounted() {
        for values in [both.stored, both.values] {
            #expect(values.count(in: 0..<8, atLeast: 0) == 5 && values.count(in: 2..<6, atLeast: 10) == 2)
        }
    }

    /// Only values are in memory as such, and only they can be damaged.
    @Test func valuesAreLookedAtInPlace() {
        var seen: [Float] = []
        #expect(both.values.look(at: 3..<5) { span in seen = span.indices.map { span[$0] } } && seen == [18, 10])
        #expect(!both.stored.look(at: 3..<5) { _ in seen = [] } && seen.count == 2)
        #expect(part(2..<3, of: both.values.withDamageAsInfinity()) == [.infinity])
    }
}
