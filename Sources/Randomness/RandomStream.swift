// Random numbers that depend only on a seed and the keys of their use: the same on every rank and machine, in any order
// of drawing. The choice: SplitMix64, whose initial state is a hash of the keys.

/// A random stream that is a pure function of its keys.
///
/// `RandomStream(seed, epoch, position)` gives independent streams for different keys, so that no generator has to be
/// passed along, saved or synchronized between ranks.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
package struct RandomStream: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(_ keys: UInt64...) {
        state = keys.reduce(0x6A09_E667_F3BC_C908) { hash, key in Self.mixed(hash &+ Self.increment ^ Self.mixed(key)) }
    }

    package mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mixed(state)
    }

    /// Returns a uniform number in [0, 1), with 53 random bits.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Returns a uniform number in [lowest, highest).
    package mutating func uniform(_ lowest: Double, _ highest: Double) -> Double {
        lowest + (highest - lowest) * uniform()
    }

    /// Returns a uniform integer in a range, without bias (Lemire, 2019: multiply, and reject the uneven remainder).
    package mutating func integer(in range: ClosedRange<Int>) -> Int {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        let uneven = (0 &- span) % span
        while true {
            let product = next().multipliedFullWidth(by: span)
            if product.low >= uneven { return range.lowerBound + Int(product.high) }
        }
    }

    /// Returns the integers 0..<count in random order (Fisher-Yates).
    package mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, integer(in: 0...last))
        }
        return order
    }

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
