// Sums over all pixels of feature maps per channel, and the affine maps that normalization needs. The choice: sums are
// in double precision, so that a variance may be computed as a difference of sums.

import CProcessor

/// Adds the sum of a over the pixels to sums[c], and the sum of a b to sums[channels + c].
///
/// - Parameters:
///   - a, b: (pixels, channels), with any number of axes before the last; they may be the same tensor.
///   - sums: (2 channels).
@specialized(where S == Float)
@specialized(where S == Double)
package func addChannelSums<S: Scalar>(of a: Tensor<S>, times b: Tensor<S>, to sums: inout [Double]) {
    let channels = sums.count / 2, pixels = a.count / channels
    precondition(
        pixels * channels == a.count && b.count == a.count, "\(a.shape) and \(b.shape) of \(channels) channels")
    let (a, b) = (a.pointer, b.pointer)
    sums.withUnsafeMutableBufferPointer { sums in
        let first = sums.baseAddress!, second = first + channels
        // A block of pixels at a time, so that all their channels are read while they are in cache.
        for block in stride(from: 0, to: pixels, by: pixelsAtOnce) {
            let last = min(block + pixelsAtOnce, pixels)
            DoubleVector.forEach(of: channels) { c, n in
                var sum = DoubleVector.zero, products = sum
                for pixel in block..<last {
                    let x = a + (pixel &* channels &+ c), y = b + (pixel &* channels &+ c)
                    // The next block, which no processor foresees from a few channels of each pixel.
                    ckernels_prefetch(x + pixelsAtOnce &* channels)
                    ckernels_prefetch(y + pixelsAtOnce &* channels)
                    let value = DoubleVector.load(widening: x)
                    sum += value
                    products.addProduct(value, DoubleVector.load(widening: y))
                }
                (DoubleVector.load(first + c, n) + sum).store(first + c, n)
                (DoubleVector.load(second + c, n) + products).store(second + c, n)
            }
        }
    }
}

private let pixelsAtOnce = 32

/// Computes y = factor x + offset, with one factor and one offset per channel.
@specialized(where S == Float)
@specialized(where S == Double)
package func scaleChannels<S: Scalar>(_ x: Tensor<S>, by factor: Tensor<S>, adding offset: Tensor<S>, into y: Tensor<S>)
{
    let channels = factor.count, pixels = x.count / channels
    precondition(pixels * channels == x.count && y.count == x.count && offset.count == channels)
    let (x, y, factor, offset) = (x.pointer, y.pointer, factor.pointer, offset.pointer)
    for pixel in 0..<pixels {
        S.Vector.forEach(of: channels) { c, n in
            let at = pixel * channels + c
            S.Vector.load(offset + c).addingProduct(S.Vector.load(x + at), S.Vector.load(factor + c))
                .store(y + at, over: n)
        }
    }
}

/// Computes z += p x + q y + r, with one p, q and r per channel.
@specialized(where S == Float)
@specialized(where S == Double)
package func combineChannels<S: Scalar>(
    _ x: Tensor<S>, _ p: Tensor<S>, _ y: Tensor<S>, _ q: Tensor<S>, _ r: Tensor<S>, accumulatingInto z: Tensor<S>
) {
    let channels = p.count, pixels = x.count / channels
    precondition(pixels * channels == x.count && y.count == x.count && z.count == x.count)
    precondition(q.count == channels && r.count == channels)
    let (x, y, z, p, q, r) = (x.pointer, y.pointer, z.pointer, p.pointer, q.pointer, r.pointer)
    for pixel in 0..<pixels {
        S.Vector.forEach(of: channels) { c, n in
            let at = pixel * channels + c
            var sum = S.Vector.load(z + at) + S.Vector.load(r + c)
            sum.addProduct(S.Vector.load(x + at), S.Vector.load(p + c))
            sum.addProduct(S.Vector.load(y + at), S.Vector.load(q + c))
            sum.store(z + at, over: n)
        }
    }
}
