// bfloat16 for communication: the upper half of a Float, with its range and 8 significant bits. The choice: element i
// of the first half of a vector shares the 32 bits of a Float with element i of the second half, so that rounding,
// packing and unpacking are vector operations on 32-bit integers.

/// The number of Floats that `count` packed elements occupy.
package func packedCount(of count: Int) -> Int { (count + 1) / 2 }

/// Rounds elements to bfloat16, to nearest, ties to even, and packs them. NaN stays NaN; overflow gives infinity.
///
/// - Parameter packed: `packedCount(of: x.count)` Floats, which hold bit patterns afterwards, not numbers.
package func pack(_ x: Tensor<Float>, into packed: Tensor<Float>) {
    let (from, to, half, pairs) = places(x, packed)
    for i in 0..<pairs { to[i] = rounded(from[i]) >> 16 | rounded(from[half + i]) & 0xFFFF_0000 }
    if pairs < half { to[pairs] = rounded(from[pairs]) >> 16 }
}

/// Unpacks into Floats the elements that were packed; they keep their rounded values.
package func unpack(_ packed: Tensor<Float>, into x: Tensor<Float>) {
    let (to, from, half, pairs) = places(x, packed)
    for i in 0..<half { to[i] = from[i] << 16 }
    for i in 0..<pairs { to[half + i] = from[i] & 0xFFFF_0000 }
}

/// Adds the packed elements to y.
package func addUnpacked(_ packed: Tensor<Float>, accumulatingInto y: Tensor<Float>) {
    let (_, from, half, pairs) = places(y, packed), y = y.pointer
    for i in 0..<half { y[i] += Float(bitPattern: from[i] << 16) }
    for i in 0..<pairs { y[half + i] += Float(bitPattern: from[i] & 0xFFFF_0000) }
}

/// Returns the bits of both tensors, the number of packed words, and how many of those hold two elements.
private func places(
    _ elements: Tensor<Float>, _ packed: Tensor<Float>
) -> (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, half: Int, pairs: Int) {
    precondition(packed.count == packedCount(of: elements.count), "\(elements.shape) packed into \(packed.shape)")
    func bits(_ tensor: Tensor<Float>) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(tensor.pointer).assumingMemoryBound(to: UInt32.self)
    }
    return (bits(elements), bits(packed), packed.count, elements.count - packed.count)
}

/// Rounds the bits of a Float so that the lower half may be dropped.
@inline(always)
private func rounded(_ bits: UInt32) -> UInt32 {
    let isNaN = bits & 0x7FFF_FFFF > 0x7F80_0000
    return isNaN ? bits | 0x40_0000 : bits &+ 0x7FFF &+ (bits >> 16 & 1)
}
