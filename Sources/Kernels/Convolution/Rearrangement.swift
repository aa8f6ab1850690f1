// Permutations of elements within feature maps, and the transposition of kernels.

/// Computes y[map, k] = x[map, table[k]] for each map of `table.count` elements.
@specialized(where S == Float)
@specialized(where S == Double)
package func rearrange<S: Scalar>(_ x: Tensor<S>, by table: [Int32], into y: Tensor<S>) {
    precondition(x.count == y.count && x.count % table.count == 0, "\(x.shape) rearranged into \(y.shape)")
    for map in stride(from: 0, to: x.count, by: table.count) {
        let x = x[flat: map..<map + table.count].span
        var y = y[flat: map..<map + table.count].mutableSpan
        for k in table.indices { y[k] = x[Int(table[k])] }
    }
}

/// Computes dx[map, table[k]] += dy[map, k], the adjoint of `rearrange`.
@specialized(where S == Float)
@specialized(where S == Double)
package func rearrangeBackward<S: Scalar>(_ dy: Tensor<S>, by table: [Int32], accumulatingInto dx: Tensor<S>) {
    precondition(dx.count == dy.count && dx.count % table.count == 0, "\(dy.shape) rearranged into \(dx.shape)")
    for map in stride(from: 0, to: dx.count, by: table.count) {
        let dy = dy[flat: map..<map + table.count].span
        var dx = dx[flat: map..<map + table.count].mutableSpan
        for k in table.indices { dx[Int(table[k])] += dy[k] }
    }
}

/// Copies the kernel of a strided convolution to that of 2 x 2 taps over blocks of stride x stride pixels. Taps beyond the
/// kernel stay as they are.
///
/// - Parameters:
///   - kernel: (kernel x kernel x channels, filters).
///   - blocks: (2 x 2 x stride x stride x channels, filters).
package func copyTaps<S: Scalar>(of kernel: Tensor<S>, _ g: ConvolutionGeometry, toBlocks blocks: Tensor<S>) {
    forEachTap(of: g) { tap, place in blocks[place].copy(from: kernel[tap]) }
}

/// The adjoint of `copyTaps`: adds the gradient of the taps of blocks to that of the kernel.
package func addTaps<S: Scalar>(
    ofBlocks blocks: Tensor<S>, _ g: ConvolutionGeometry, accumulatingInto kernel: Tensor<S>
) {
    forEachTap(of: g) { tap, place in add(blocks[place], accumulatingInto: kernel[tap]) }
}

/// Calls the body with the rows of each tap in a kernel, and with those of the same tap in the kernel over blocks.
private func forEachTap(of g: ConvolutionGeometry, _ body: (_ tap: Range<Int>, _ place: Range<Int>) -> Void) {
    let s = g.stride, channels = g.channels
    for y in 0..<g.kernel {
        for x in 0..<g.kernel {
            let tap = y * g.kernel + x
            let place = (y / s * 2 + x / s) * s * s + y % s * s + x % s
            body(tap * channels..<(tap + 1) * channels, place * channels..<(place + 1) * channels)
        }
    }
}

/// Writes a kernel with its taps in reverse order, each transposed.
///
/// - Parameters:
///   - w: (taps x channels, filters), with any number of axes.
///   - v: (taps x filters, channels).
@specialized(where S == Float)
@specialized(where S == Double)
func reverseTaps<S: Scalar>(_ w: Tensor<S>, filters: Int, into v: Tensor<S>) {
    let channels = v.shape[1], taps = v.count / (filters * channels), (w, v) = (w.pointer, v.pointer)
    for tap in 0..<taps {
        let source = w + tap * channels * filters, target = v + (taps - 1 - tap) * filters * channels
        for c in 0..<channels { for f in 0..<filters { target[f &* channels &+ c] = source[c &* filters &+ f] } }
    }
}

/// Adds the gradient of a reversed kernel to that of the kernel: the adjoint of `reverseTaps`.
@specialized(where S == Float)
@specialized(where S == Double)
func reverseTapsBackward<S: Scalar>(_ dv: Tensor<S>, filters: Int, accumulatingInto dw: Tensor<S>) {
    let channels = dv.shape[1], taps = dv.count / (filters * channels), (dv, dw) = (dv.pointer, dw.pointer)
    for tap in 0..<taps {
        let source = dv + (taps - 1 - tap) * filters * channels, target = dw + tap * channels * filters
        for c in 0..<channels { for f in 0..<filters { target[c &* filters &+ f] += source[f &* channels &+ c] } }
    }
}
