// A sum of real numbers that does not depend on their order. The choice: the sum is one long integer, a multiple of
// 2^-320, so that nothing is rounded before it is read, and ranks and threads add their parts as they come.

import Foundation

/// The exact sum of some numbers.
///
/// It holds numbers whose lowest bit is worth at least 2^-320, and sums below 2^320: squares of differences of floats,
/// over any number of frames. Of smaller bits it takes none.
package struct ExactSum: Equatable, Sendable {
    /// The digits of the integer to the base 2^32, the lowest first; the last one has the sign.
    private var digits = [Int](repeating: 0, count: 21)

    /// How many of the numbers were infinite or NaN, so that the sum has no value.
    private var strays = 0

    /// The power of two that a digit is worth.
    private static func exponent(ofDigit digit: Int) -> Int { 32 * digit - 320 }

    package init() {}

    /// The sum, rounded; NaN if it has no value.
    package var value: Double {
        guard strays == 0 else { return .nan }
        guard digits.last! >= 0 else { return -(-self).value }
        return digits.indices.reduce(0) { $0 + scalbn(Double(digits[$1]), Self.exponent(ofDigit: $1)) }
    }

    package mutating func add(_ number: Double) {
        guard number.isFinite else { return strays += 1 }
        guard number != 0 else { return }
        // number = significand 2^exponent, with a significand of 53 bits.
        let exponent = Int(number.exponent) - 52 + 320
        let significand = Int(scalbn(abs(number), 320 - exponent)) >> max(0, -exponent)
        let (digit, shift) = (max(0, exponent) / 32, max(0, exponent) % 32)
        guard digit + 2 < digits.count else { return strays += 1 }
        let wide = Int128(significand) << shift, sign = number < 0 ? -1 : 1
        for place in 0..<3 { digits[digit + place] += sign * Int(wide >> (32 * place) & 0xFFFF_FFFF) }
        carry()
    }

    package mutating func add(_ number: Int) {
        digits[10] += number & 0xFFFF_FFFF
        digits[11] += number >> 32
        carry()
    }

    package static prefix func - (sum: ExactSum) -> ExactSum {
        var negative = sum
        for digit in sum.digits.indices { negative.digits[digit] = -sum.digits[digit] }
        negative.carry()
        return negative
    }

    /// Brings every digit but the last into 0 ..< 2^32, so that equal sums have equal digits.
    private mutating func carry() {
        for digit in digits.indices.dropLast() {
            digits[digit + 1] += digits[digit] >> 32
            digits[digit] &= 0xFFFF_FFFF
        }
    }
}

extension ExactSum: Summable {
    /// The digits, which stay exact in sums of up to 2^21 of them.
    package var sums: [Double] { (digits + [strays]).map(Double.init) }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        for digit in digits.indices { digits[digit] = Int(sums.removeFirst()) }
        strays = Int(sums.removeFirst())
        carry()
    }
}
