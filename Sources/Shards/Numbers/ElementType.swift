// The types of stored numbers. The choice: the types in which sources keep frames, so that a shard keeps their numbers.

import Formats

/// The type of the elements of stored sequences. Truth values are stored as `uint8`, and doubles as `float32`.
package enum ElementType: String, Codable, CaseIterable, Sendable {
    case uint8, uint16, int16, int32, float16, float32

    /// The number of bytes per element.
    package var size: Int {
        switch self {
        case .uint8: 1
        case .uint16, .int16, .float16: 2
        case .int32, .float32: 4
        }
    }

    /// Whether a number may be NaN.
    package var isFloat: Bool { self == .float16 || self == .float32 }

    /// The type in which an array of this type is stored.
    package init(_ type: NpyHeader.ElementType) {
        self =
            switch type {
            case .bool, .uint8: .uint8
            case .uint16: .uint16
            case .int16: .int16
            case .int32: .int32
            case .float16: .float16
            case .float32, .float64: .float32
            }
    }

    /// The type of the arrays that hold such elements.
    package var array: NpyHeader.ElementType {
        switch self {
        case .uint8: .uint8
        case .uint16: .uint16
        case .int16: .int16
        case .int32: .int32
        case .float16: .float16
        case .float32: .float32
        }
    }
}

extension ElementType {
    /// Whether the type has exactly this number.
    package func holds(_ number: Double) -> Bool {
        switch self {
        case .uint8: UInt8(exactly: number) != nil
        case .uint16: UInt16(exactly: number) != nil
        case .int16: Int16(exactly: number) != nil
        case .int32: Int32(exactly: number) != nil
        case .float16: number.isNaN || Double(Float16(number)) == number
        case .float32: number.isNaN || Double(Float(number)) == number
        }
    }

    /// The stored bytes, little-endian, of a number that the type holds.
    package func bytes(of number: Double) -> [UInt8] {
        func bytes<Number>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number) { [UInt8]($0) } }
        return switch self {
        case .uint8: bytes(UInt8(number))
        case .uint16: bytes(UInt16(number))
        case .int16: bytes(Int16(number))
        case .int32: bytes(Int32(number))
        case .float16: bytes(Float16(number))
        case .float32: bytes(Float(number))
        }
    }
    /// The stored bytes, little-endian, of numbers in the range of the type, rounded towards zero to whole ones.
    package func bytes(of numbers: [Float]) -> [UInt8] {
        switch self {
        case .uint8: numbers.map { UInt8($0) }
        case .uint16: numbers.map { UInt16($0) }.withUnsafeBytes { [UInt8]($0) }
        case .int16: numbers.map { Int16($0) }.withUnsafeBytes { [UInt8]($0) }
        case .int32: numbers.map { Int32($0) }.withUnsafeBytes { [UInt8]($0) }
        case .float16: numbers.map { Float16($0) }.withUnsafeBytes { [UInt8]($0) }
        case .float32: numbers.withUnsafeBytes { [UInt8]($0) }
        }
    }
}
