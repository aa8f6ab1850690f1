// The types of numbers that files of arrays hold, beyond those that shards keep.

/// A type of numbers, little-endian wherever bytes of it are passed.
package enum NumberType: String, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// The number of bytes of a number.
    package var size: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    package var isFloating: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// The type of the same number of bytes without a sign; floats stay as they are.
    package var unsigned: NumberType {
        switch self {
        case .int8: .uint8
        case .int16: .uint16
        case .int32: .uint32
        case .int64: .uint64
        default: self
        }
    }

    /// The number whose bytes begin at `offset`.
    package func value(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Double {
        func load<Number: BitwiseCopyable>(_ type: Number.Type) -> Number {
            bytes.loadUnaligned(fromByteOffset: offset, as: type)
        }
        return switch self {
        case .uint8: Double(load(UInt8.self))
        case .int8: Double(load(Int8.self))
        case .uint16: Double(load(UInt16.self))
        case .int16: Double(load(Int16.self))
        case .uint32: Double(load(UInt32.self))
        case .int32: Double(load(Int32.self))
        case .uint64: Double(load(UInt64.self))
        case .int64: Double(load(Int64.self))
        case .float16: Double(load(Float16.self))
        case .float32: Double(load(Float.self))
        case .float64: load(Double.self)
        }
    }
}
