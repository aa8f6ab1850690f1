// Numbers of 16 bits, to send: bfloat16, the upper half of a Float, with its range and 8 significant bits. The choice:
// two of them share the place of a Float, the first of a vector with the first of its second half, so that rounding,
// packing and unpacking are operations on whole vectors of 32-bit integers.

/// Places that some numbers take when packed.
package func packedCount(of count: Int) -> Int { (count + 1) / 2 }

/// Rounds numbers to 16 bits, to nearest and else to even, and packs them. NaN stays NaN, what overflows is infinite.
///
/// - Parameter packed: `packedCount(of: x.count)` places, which are no numbers afterwards.
package func pack(_ x: Tensor<Float>, into packed: Tensor<Float>) {
    let (from, to, half, pairs) = places(x, packed)
    for i in 0..<pairs { to[i] = rounded(from[i]) >> 16 | rounded(from[half + i]) & 0xFFFF_0000 }
    if pairs < half { to[pairs] = rounded(from[pairs]) >> 16 }
}

/// The numbers that were packed, rounded as they are.
package func unpack(_ packed: Tensor<Float>, into x: Tensor<Float>) {
    let (to, from, half, pairs) = places(x, packed)
    for i in 0..<half { to[i] = from[i] << 16 }
    for i in 0..<pairs { to[half + i] = from[i] & 0xFFFF_0000 }
}

/// y += the numbers that were packed.
package func addUnpacked(_ packed: Tensor<Float>, accumulatingInto y: Tensor<Float>) {
    let (_, from, half, pairs) = places(y, packed), y = y.pointer
    for i in 0..<half { y[i] += Float(bitPattern: from[i] << 16) }
    for i in 0..<pairs { y[half + i] += Float(bitPattern: from[i] & 0xFFFF_0000) }
}

/// The bits of both; the places, and how many of them hold two numbers.
private func places(
    _ elements: Tensor<Float>, _ packed: Tensor<Float>
) -> (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, half: Int, pairs: Int) {
    precondition(packed.count == packedCount(of: elements.count), "\(elements.shape) packed into \(packed.shape)")
    func bits(_ tensor: Tensor<Float>) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(tensor.pointer).assumingMemoryBound(to: UInt32.self)
    }
    return (bits(elements), bits(packed), packed.count, elements.count - packed.count)
}

/// The bits of a Float of which the lower half may be dropped.
@inline(always)
private func rounded(_ bits: UInt32) -> UInt32 {
    let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
    return isNaN ? bits | 0x40_0000 : bits &+ 0x7FFF &+ (bits >> 16 & 1)
}
