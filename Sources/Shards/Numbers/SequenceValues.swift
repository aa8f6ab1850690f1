// A sequence in memory. The choice: stored numbers become values where they are looked at, since training on windows looks at a
// few hundredths of a radar composite.

/// The values of a sequence of shape (frames, height, width, channels), NaN where a pixel is missing.
package struct SequenceValues: Sendable {
    private enum Form: Sendable {
        case values([Float])
        case stored([UInt8], StoredNumbers)
    }

    private let form: Form

    package init(_ values: [Float]) { form = .values(values) }

    package init(_ bytes: [UInt8], _ numbers: StoredNumbers) { form = .stored(bytes, numbers) }

    package var count: Int {
        switch form {
        case .values(let values): values.count
        case .stored(let bytes, let numbers): bytes.count / numbers.type.size
        }
    }

    /// Writes some neighboring values.
    package func copy(_ range: Range<Int>, into target: inout MutableSpan<Float>) {
        switch form {
        case .values(let values):
            precondition(target.count == range.count)
            let source = values.span
            for i in target.indices { target[i] = source[range.lowerBound + i] }
        case .stored(let bytes, let numbers):
            let size = numbers.type.size
            numbers.decode(bytes[size * range.lowerBound..<size * range.upperBound], into: &target)
        }
    }

    /// Gives the body some neighboring values if they are in memory as such; otherwise returns false.
    package func look(at range: Range<Int>, _ body: (Span<Float>) -> Void) -> Bool {
        guard case .values(let values) = form else { return false }
        body(values.span.extracting(range))
        return true
    }

    /// The same values with infinity in place of NaN, for sources without missing pixels. Numbers in a table are never NaN there.
    package func withDamageAsInfinity() -> SequenceValues {
        guard case .values(let values) = form, values.contains(where: \.isNaN) else { return self }
        return SequenceValues(values.map { $0.isNaN ? .infinity : $0 })
    }

    /// How many of some neighboring values have reached a threshold.
    package func count(in range: Range<Int>, atLeast threshold: Float) -> Int {
        switch form {
        case .values(let values): return values[range].count { $0 >= threshold }
        case .stored(let bytes, let numbers):
            let size = numbers.type.size
            return numbers.count(bytes[size * range.lowerBound..<size * range.upperBound], atLeast: threshold)
        }
    }
}
