// What numbers of a source may be: a missing pixel, or none that a data set takes.

extension StoredNumbers {
    /// The stored bytes of a missing pixel; nil if no number stands for one.
    package var missingBytes: [UInt8]? {
        guard let description else { return nil }
        return description.missing.map(type.bytes) ?? (type.isFloat ? type.bytes(of: .nan) : nil)
    }

    /// The first number that is infinite, or that is NaN where nothing says that NaN is missing; nil if there is none.
    func firstOdd(in bytes: [UInt8]) -> (index: Int, value: Float)? {
        let mayMiss = description != nil
        func first<Number: BinaryFloatingPoint>(_ numbers: UnsafeBufferPointer<Number>) -> (Int, Float)? {
            let index = numbers.firstIndex { !$0.isFinite && !(mayMiss && $0.isNaN) }
            return index.map { ($0, Float(numbers[$0])) }
        }
        return bytes.withUnsafeBytes { raw in
            switch type {
            case .float16: first(raw.bindMemory(to: Float16.self))
            case .float32: first(raw.bindMemory(to: Float.self))
            default: nil
            }
        }
    }

    /// What to do about numbers that are not finite.
    var adviceAgainstOdd: String {
        description == nil
            ? "if NaN is missing, say so with --missing nan; else replace such numbers, for example with numpy.nan_to_num"
            : "replace such numbers, for example by NaN, which is missing"
    }
}
