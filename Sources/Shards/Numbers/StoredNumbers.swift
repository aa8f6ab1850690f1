// From stored numbers to values in their unit. The choice: numbers of up to 16 bits are looked up in a table of all
// values, so that a scale, an offset and missing pixels cost no more than a conversion.

/// The reading of the numbers of a data set.
package struct StoredNumbers: Sendable {
    package let type: ElementType
    /// What the numbers mean; nil if they are the values.
    package let description: ValueDescription?

    /// The value of each number of up to 16 bits, by its bits; empty for wider ones.
    private let table: [Float]

    package init(_ type: ElementType, _ description: ValueDescription? = nil) {
        (self.type, self.description) = (type, description)
        guard type.size < 4 else {
            table = []
            return
        }
        table = (0..<1 << (8 * type.size)).map { bits in
            let number = Self.number(ofBits: bits, type)
            return description.map { Float($0.value(of: number)) } ?? Float(number)
        }
    }

    private static func number(ofBits bits: Int, _ type: ElementType) -> Double {
        let short = UInt16(truncatingIfNeeded: bits)
        return switch type {
        case .int16: Double(Int16(bitPattern: short))
        case .float16: Double(Float16(bitPattern: short))
        default: Double(bits)
        }
    }

    private func value(_ number: Double) -> Float { description.map { Float($0.value(of: number)) } ?? Float(number) }

    /// Fills `values` with the values of the numbers in `bytes`: NaN where a pixel is missing.
    package func decode(_ bytes: ArraySlice<UInt8>, into values: inout MutableSpan<Float>) {
        precondition(bytes.count == values.count * type.size, "\(bytes.count) bytes for \(values.count) values")
        switch (type, description) {
        case (.float32, nil):
            values.withUnsafeMutableBytes { target in bytes.withUnsafeBytes { target.copyBytes(from: $0) } }
        case (.uint8, nil):
            let source = bytes.span
            for index in values.indices { values[index] = Float(source[index]) }
        default: forEachValue(in: bytes) { index, value in values[index] = value }
        }
    }

    /// Whether each number's value is in a table, and none of them is NaN unless NaN stands for a missing pixel.
    var isTabulated: Bool { !table.isEmpty && (description != nil || !type.isFloat) }

    /// How many of the values of the numbers in `bytes` have reached a threshold.
    func count(_ bytes: ArraySlice<UInt8>, atLeast threshold: Float) -> Int {
        var count = 0
        forEachValue(in: bytes) { _, value in count += value >= threshold ? 1 : 0 }
        return count
    }

    /// A value of the numbers in `bytes` that is outside of a range; nil if there is none. NaN is in any range.
    func value(in bytes: [UInt8], outside range: ClosedRange<Float>) -> Float? {
        var found: Float?
        forEachValue(in: bytes[...]) { _, value in
            if value < range.lowerBound || value > range.upperBound { found = value }
        }
        return found
    }

    private func forEachValue(in bytes: ArraySlice<UInt8>, _ body: (Int, Float) -> Void) {
        bytes.withUnsafeBytes { raw in
            let table = table.span
            switch type {
            case .uint8: for index in raw.indices { body(index, table[Int(raw[index])]) }
            case .uint16, .int16, .float16:
                let numbers = raw.bindMemory(to: UInt16.self)
                for index in numbers.indices { body(index, table[Int(numbers[index])]) }
            case .int32:
                let numbers = raw.bindMemory(to: Int32.self)
                for index in numbers.indices { body(index, value(Double(numbers[index]))) }
            case .float32:
                let numbers = raw.bindMemory(to: Float.self)
                for index in numbers.indices { body(index, value(Double(numbers[index]))) }
            }
        }
    }
}

/// What was found among many values.
package struct ValueMeasurement: Equatable, Sendable {
    /// The smallest and largest of the values that are numbers; nil if there are none.
    package var range: ClosedRange<Float>?
    /// The number of missing pixels.
    package var missing = 0
    /// Whether a value is infinite, or is no number where none may be missing.
    package var isOdd = false

    package init() {}

    mutating func join(_ other: ValueMeasurement) {
        if let found = other.range { range = range?.joined(found) ?? found }
        missing += other.missing
        isOdd = isOdd || other.isOdd
    }

    fileprivate mutating func take(_ value: Float, count: Int, mayMiss: Bool) {
        if value.isNaN && mayMiss {
            missing += count
        } else if !value.isFinite {
            isOdd = true
        } else {
            range = range?.joined(value...value) ?? value...value
        }
    }
}

extension StoredNumbers {
    /// Measures the values of the numbers in `bytes`.
    package func measure(_ bytes: ArraySlice<UInt8>) -> ValueMeasurement {
        table.isEmpty ? measureEach(bytes) : measureByTable(bytes)
    }

    /// Counts how often each number occurs, and looks at each number once.
    private func measureByTable(_ bytes: ArraySlice<UInt8>) -> ValueMeasurement {
        var counts = [Int](repeating: 0, count: table.count), found = ValueMeasurement()
        bytes.withUnsafeBytes { raw in
            if type.size == 1 {
                for bits in raw { counts[Int(bits)] += 1 }
            } else {
                for bits in raw.bindMemory(to: UInt16.self) { counts[Int(bits)] += 1 }
            }
        }
        for bits in counts.indices where counts[bits] > 0 {
            found.take(table[bits], count: counts[bits], mayMiss: description != nil)
        }
        return found
    }

    private func measureEach(_ bytes: ArraySlice<UInt8>) -> ValueMeasurement {
        var lowest = Float.infinity, highest = -Float.infinity, missing = 0, infinite = 0
        forEachValue(in: bytes) { _, value in
            if value.isNaN {
                missing += 1
            } else {
                (lowest, highest) = (min(lowest, value), max(highest, value))
                infinite += value.isInfinite ? 1 : 0
            }
        }
        var found = ValueMeasurement()
        found.isOdd = infinite > 0 || missing > 0 && description == nil
        found.missing = description == nil ? 0 : missing
        found.range = lowest <= highest && !found.isOdd ? lowest...highest : nil
        return found
    }
}

extension ClosedRange<Float> {
    /// The smallest range that contains both ranges.
    func joined(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
