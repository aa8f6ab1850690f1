// Damage to a file as a function of a seed number.

/// One to three changes of bytes, determined by a number.
package struct Mutation {
    private var state: UInt64

    package init(number: Int) {
        state = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
    }

    package func applied(to whole: [UInt8]) -> [UInt8] {
        var changes = self, bytes = whole
        for _ in 0...changes.below(3) where !bytes.isEmpty { changes.change(&bytes) }
        return bytes
    }

    /// A pseudo-random number in 0 ..< bound, by SplitMix64.
    private mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ z >> 31) % UInt64(bound))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = below(bytes.count), other = below(bytes.count), span = min(place, other)..<max(place, other)
        switch below(8) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2, 3: overwrite(&bytes, at: place)
        case 4: replaceDigits(&bytes, from: place)
        case 5: bytes.removeLast(bytes.count - place)
        case 6: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(20)))
        default: bytes.insert(contentsOf: bytes[span].prefix(1 + below(200)), at: other)
        }
    }

    /// Writes an extreme integer that readers may mishandle, of two, four or eight bytes in either byte order.
    private mutating func overwrite(_ bytes: inout [UInt8], at place: Int) {
        let extremes: [UInt64] = [
            0, 1, .max, 1 << 63, (1 << 63) - 1, 1 << 62, 1 << 31, (1 << 32) - 1, 1 << 40, 1 << 15, 255,
        ]
        let value = extremes[below(extremes.count)], width = [2, 4, 8][below(3)], isLittle = below(2) == 0
        for index in 0..<min(width, bytes.count - place) {
            bytes[place + index] = UInt8(
                truncatingIfNeeded: value >> UInt64(8 * (isLittle ? index : width - 1 - index)))
        }
    }

    /// Replaces the next decimal number by another.
    private mutating func replaceDigits(_ bytes: inout [UInt8], from place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let first = bytes[place...].firstIndex(where: isDigit) else { return bytes[place] ^= 0x80 }
        let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
        let numbers = [
            "0", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "4294967296", "1e9", "3.5",
            "",
        ]
        bytes.replaceSubrange(first..<end, with: numbers[below(numbers.count)].utf8)
    }
}
