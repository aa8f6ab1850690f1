// The im2col lowering: each output pixel's row holds the input patch that it sees, in the order of the kernel's axes
// (ky, kx, channel). Pixels outside the image are zero.
//
//     patches[(y, x), (ky, kx, c)] = image[y stride + ky - padding, x stride + kx - padding, c]

/// Writes the patches of one image (im2col).
///
/// - Parameters:
///   - image: (height, width, channels).
///   - patches: (output pixels, kernel x kernel x channels).
@specialized(where S == Float)
@specialized(where S == Double)
func lower<S: Scalar>(_ image: Tensor<S>, _ g: ConvolutionGeometry, into patches: Tensor<S>) {
    precondition(image.count == g.height * g.width * g.channels && patches.count == g.outputPixels * g.patch)
    let (image, patches, zero) = (image.pointer, patches.pointer, S.zero)
    forEachRun(of: g) { place, runs in
        let target = patches + place
        if runs.before > 0 { target.update(repeating: zero, count: runs.before) }
        if runs.inside > 0 { (target + runs.before).update(from: image + runs.start, count: runs.inside) }
        if runs.after > 0 { (target + runs.before + runs.inside).update(repeating: zero, count: runs.after) }
    }
}

/// Adds every element of the patches to the image element that it was copied from (col2im): the adjoint of `lower`.
@specialized(where S == Float)
@specialized(where S == Double)
func raise<S: Scalar>(_ patches: Tensor<S>, _ g: ConvolutionGeometry, accumulatingInto image: Tensor<S>) {
    precondition(image.count == g.height * g.width * g.channels && patches.count == g.outputPixels * g.patch)
    let (image, patches) = (image.pointer, patches.pointer)
    forEachRun(of: g) { place, runs in
        let source = patches + place + runs.before, target = image + runs.start
        S.Vector.forEach(of: runs.inside) { k, n in
            (S.Vector.load(target + k, n) + S.Vector.load(source + k, n)).store(target + k, n)
        }
    }
}

/// One kernel row of one output pixel: the numbers of elements before, inside and after the image's edges. The run
/// inside begins at element `start` of the image.
private struct Runs {
    var before, inside, after, start: Int
}

@inline(always)
private func forEachRun(of g: ConvolutionGeometry, _ body: (_ place: Int, Runs) -> Void) {
    let row = g.kernel * g.channels
    var place = 0
    for y in 0..<g.outputHeight {
        for x in 0..<g.outputWidth {
            let left = x * g.stride - g.padding
            let first = max(left, 0), last = max(min(left + g.kernel, g.width), first)
            for ky in 0..<g.kernel {
                let inputY = y * g.stride + ky - g.padding
                if inputY < 0 || inputY >= g.height {
                    body(place, Runs(before: row, inside: 0, after: 0, start: 0))
                } else {
                    let before = (first - left) * g.channels, inside = (last - first) * g.channels
                    body(
                        place,
                        Runs(
                            before: before, inside: inside, after: row - before - inside,
                            start: (inputY * g.width + first) * g.channels))
                }
                place += row
            }
        }
    }
}
