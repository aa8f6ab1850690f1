// From the numbers of an archive to those of a shard. The choice: a shard keeps the archive's numbers wherever it has their
// type; the others become the next one that holds them, and a number that it cannot hold is an error and not another number.

import Foundation
import Formats

/// How numbers of an array become those of a shard.
struct StoredConversion: Equatable, Sendable {
    /// The type of the array, or the unsigned one of its size.
    let source: NumberType
    /// The numbers that become others: those that stand for missing pixels beside the one that the shard knows.
    let replaced: [Replacement]

    struct Replacement: Equatable, Sendable {
        var from: Double, to: Double
    }

    init(_ source: NumberType, replacing replaced: [Replacement] = []) {
        (self.source, self.replaced) = (source, replaced.filter { $0.from != $0.to })
    }

    /// The type that the shard keeps.
    static func elementType(of source: NumberType) -> ElementType {
        switch source {
        case .uint8: .uint8
        case .int8, .int16: .int16
        case .uint16: .uint16
        case .int32, .uint32, .int64, .uint64: .int32
        case .float16: .float16
        case .float32, .float64: .float32
        }
    }

    var elementType: ElementType { Self.elementType(of: source) }

    /// Whether numbers are read as doubles, since the type of the shard is narrower.
    var isWide: Bool { [.uint32, .int64, .uint64, .float64].contains(source) }

    /// The type as which an array of type `own` is read.
    func readType(of own: NumberType) -> NumberType { isWide ? .float64 : own }

    /// Whether bytes stay as they are.
    var isIdentity: Bool { !isWide && source != .int8 && replaced.isEmpty }

    /// The nearest number that the shard has for `number`: doubles that no float holds become the nearest that is finite.
    static func held(_ number: Double, as type: ElementType) -> Double {
        guard type == .float32, number.isFinite else { return number }
        let nearest = Float(number)
        return Double(
            nearest.isFinite ? nearest : number < 0 ? -Float.greatestFiniteMagnitude : .greatestFiniteMagnitude)
    }

    /// Converts numbers as they were read; throws what `error` makes of the first that the shard's type does not hold.
    func converted(_ raw: [UInt8], orThrow error: (_ number: Double) -> any Error) throws -> [UInt8] {
        var bytes: [UInt8]
        switch source {
        case .int8: bytes = raw.flatMap { withUnsafeBytes(of: Int16(Int8(bitPattern: $0))) { [UInt8]($0) } }
        case .float64: bytes = floats(raw)
        case .uint32, .int64, .uint64: bytes = try integers(raw, error)
        default: bytes = raw
        }
        if source != .float64 { replace(&bytes) }
        return bytes
    }

    /// Doubles as floats; what a float does not hold is replaced before it is rounded.
    private func floats(_ raw: [UInt8]) -> [UInt8] {
        let replaced = replaced
        return raw.withUnsafeBytes { raw in
            raw.bindMemory(to: Double.self).map { number in
                for one in replaced where number == one.from { return Float(one.to) }
                return Float(number)
            }
        }.withUnsafeBytes { [UInt8]($0) }
    }

    private func integers(_ raw: [UInt8], _ error: (Double) -> any Error) throws -> [UInt8] {
        try raw.withUnsafeBytes { raw in
            try raw.bindMemory(to: Double.self).map { number in
                guard let integer = Int32(exactly: number) else { throw error(number) }
                return integer
            }
        }.withUnsafeBytes { [UInt8]($0) }
    }

    private func replace(_ bytes: inout [UInt8]) {
        let type = elementType
        for one in replaced where type.holds(one.from) && type.holds(one.to) {
            let from = type.bytes(of: one.from), to = type.bytes(of: one.to)
            for start in stride(from: 0, to: bytes.count, by: type.size)
            where bytes[start] == from[0] && bytes[start..<start + type.size].elementsEqual(from) {
                for offset in 0..<type.size { bytes[start + offset] = to[offset] }
            }
        }
    }
}
