// The one-dimensional Winograd transforms: 9 - r outputs of a filter of r taps from eight products instead of r (9 -
// r). A filter g and an input d are evaluated as polynomials at eight points and multiplied there; the result is
// interpolated:
//
//     y = A' [(G g) * (B' d)]
//
// The points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. Row p of G has the powers of a point divided by the product
// of its distances to the other points; column p of A' has the powers alone; B' depends on the points but not on the
// filter. Points of opposite sign share their even and odd powers. Sources: Winograd, "Arithmetic complexity of
// computations", 1980; Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.

/// The minimal filtering algorithm F(9 - taps, taps), applied to vectors of channels. Results may overwrite the
/// arguments.
protocol WinogradAlgorithm {
    /// The number of filter taps. The transforms are written for 2 to 7 taps and 2 to 7 outputs.
    static var taps: Int { get }
}

/// F(7 x 7, 2 x 2), for the blocks of pixels of a strided convolution: 64 multiplications per tile, where direct convolution
/// takes 196.
enum WinogradKernel2: WinogradAlgorithm {
    static var taps: Int { 2 }
}

/// F(6 x 6, 3 x 3): 64 multiplications per tile, where direct convolution takes 324.
enum WinogradKernel3: WinogradAlgorithm {
    static var taps: Int { 3 }
}

/// F(4 x 4, 5 x 5): 64 multiplications per tile, where direct convolution takes 400.
enum WinogradKernel5: WinogradAlgorithm {
    static var taps: Int { 5 }
}

extension WinogradAlgorithm {
    /// The number of outputs of a tile in one dimension.
    @inline(always) static var outputs: Int { 9 - taps }

    /// The number of inputs of a tile in one dimension, and of products.
    @inline(always) static var points: Int { 8 }

    /// Computes u = G g, (taps) to (points).
    @inline(always)
    static func filter<S: Scalar>(_ g: VectorRow<S>, into u: some VectorTarget<S>) {
        evaluate(g, taps, (-2 / 9, 1 / 90, 32 / 45), into: u)
    }

    /// Computes g = G' u, the adjoint of `filter`.
    @inline(always)
    static func filterBackward<S: Scalar>(_ u: VectorRow<S>, into g: VectorRow<S>) {
        evaluateBackward(u, (-2 / 9, 1 / 90, 32 / 45), into: g, taps)
    }

    /// Computes o = A' m, (points) to (outputs).
    @inline(always)
    static func output<S: Scalar>(_ m: VectorRow<S>, into o: VectorRow<S>) {
        evaluateBackward(m, (1, 1, 1), into: o, outputs)
    }

    /// Computes m = A o, the adjoint of `output`.
    @inline(always)
    static func outputBackward<S: Scalar>(_ o: VectorRow<S>, into m: some VectorTarget<S>) {
        evaluate(o, outputs, (1, 1, 1), into: m)
    }

    /// Computes y = B' d, (points) to (points).
    @inline(always)
    static func input<S: Scalar>(_ d: some VectorSource<S>, into y: some VectorTarget<S>) {
        let (d0, d1, d2, d3, d4, d5, d6, d7) = (d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7])
        y[0] = (d0 - d6).addingProduct(5.25, d4 - d2)
        let even1 = (d2 + d6).addingProduct(-4.25, d4), odd1 = (d1 + d5).addingProduct(-4.25, d3)
        y[1] = even1 + odd1
        y[2] = even1 - odd1
        // What is odd at 2 and 1/2 is 2 and 1/2 times these sums.
        let even2 = d6.addingProduct(0.25, d2).addingProduct(-1.25, d4)
        let odd2 = d5.addingProduct(0.25, d1).addingProduct(-1.25, d3)
        y[3] = even2.addingProduct(2, odd2)
        y[4] = even2.addingProduct(-2, odd2)
        let even3 = d6.addingProduct(4, d2).addingProduct(-5, d4)
        let odd3 = d5.addingProduct(4, d1).addingProduct(-5, d3)
        y[5] = even3.addingProduct(0.5, odd3)
        y[6] = even3.addingProduct(-0.5, odd3)
        y[7] = (d7 - d1).addingProduct(5.25, d3 - d5)
    }

    /// Computes d = B y, the adjoint of `input`.
    @inline(always)
    static func inputBackward<S: Scalar>(_ y: VectorRow<S>, into d: VectorRow<S>) {
        let (y0, y7) = (y[0], y[7])
        let even1 = y[1] + y[2], odd1 = y[1] - y[2], even2 = y[3] + y[4], odd2 = y[3] - y[4]
        let even3 = y[5] + y[6], odd3 = y[5] - y[6]
        d[0] = y0
        d[1] = (odd1 - y7).addingProduct(0.5, odd2).addingProduct(2, odd3)
        d[2] = even1.addingProduct(0.25, even2).addingProduct(4, even3).addingProduct(-5.25, y0)
        d[3] = (5.25 * y7).addingProduct(-4.25, odd1).addingProduct(-2.5, odd2 + odd3)
        d[4] = (5.25 * y0).addingProduct(-4.25, even1).addingProduct(-1.25, even2).addingProduct(-5, even3)
        d[5] = odd1.addingProduct(2, odd2).addingProduct(0.5, odd3).addingProduct(-5.25, y7)
        d[6] = even1 + even2 + even3 - y0
        d[7] = y7
    }
}

// Evaluation of polynomials at the points.

/// Evaluates the polynomial with n coefficients c at each point. The values at 1, 2 and 1/2, and at their negatives,
/// are multiplied by f.
@inline(always)
private func evaluate<S: Scalar>(_ c: VectorRow<S>, _ n: Int, _ f: (S, S, S), into v: some VectorTarget<S>) {
    let c0 = c[0], c1 = c[1], last = c[n &- 1]
    // What is odd at 2 and 1/2 is 2 and 1/2 times these sums.
    var even1 = c0, odd1 = c1
    var even2 = c0, odd2 = c1
    var even3 = c0, odd3 = c1
    if n > 2 {
        let c2 = c[2]
        even1 += c2
        even2.addProduct(4, c2)
        even3.addProduct(0.25, c2)
    }
    if n > 3 {
        let c3 = c[3]
        odd1 += c3
        odd2.addProduct(4, c3)
        odd3.addProduct(0.25, c3)
    }
    if n > 4 {
        let c4 = c[4]
        even1 += c4
        even2.addProduct(16, c4)
        even3.addProduct(0.0625, c4)
    }
    if n > 5 {
        let c5 = c[5]
        odd1 += c5
        odd2.addProduct(16, c5)
        odd3.addProduct(0.0625, c5)
    }
    if n > 6 {
        let c6 = c[6]
        even1 += c6
        even2.addProduct(64, c6)
        even3.addProduct(0.015625, c6)
    }
    v[0] = c0
    v[1] = (even1 + odd1) * f.0
    v[2] = (even1 - odd1) * f.0
    v[3] = even2.addingProduct(2, odd2) * f.1
    v[4] = even2.addingProduct(-2, odd2) * f.1
    v[5] = even3.addingProduct(0.5, odd3) * f.2
    v[6] = even3.addingProduct(-0.5, odd3) * f.2
    v[7] = last
}

/// Computes the adjoint of `evaluate`.
@inline(always)
private func evaluateBackward<S: Scalar>(_ v: VectorRow<S>, _ f: (S, S, S), into c: VectorRow<S>, _ n: Int) {
    let v0 = v[0], v7 = v[7]
    let even1 = (v[1] + v[2]) * f.0, odd1 = (v[1] - v[2]) * f.0
    let even2 = (v[3] + v[4]) * f.1, odd2 = (v[3] - v[4]) * f.1
    let even3 = (v[5] + v[6]) * f.2, odd3 = (v[5] - v[6]) * f.2
    c[0] = v0 + even1 + even2 + even3
    let c1 = odd1.addingProduct(2, odd2).addingProduct(0.5, odd3)
    c[1] = n == 2 ? c1 + v7 : c1
    guard n > 2 else { return }
    let c2 = even1.addingProduct(4, even2).addingProduct(0.25, even3)
    c[2] = n == 3 ? c2 + v7 : c2
    guard n > 3 else { return }
    let c3 = odd1.addingProduct(8, odd2).addingProduct(0.125, odd3)
    c[3] = n == 4 ? c3 + v7 : c3
    guard n > 4 else { return }
    let c4 = even1.addingProduct(16, even2).addingProduct(0.0625, even3)
    c[4] = n == 5 ? c4 + v7 : c4
    guard n > 5 else { return }
    let c5 = odd1.addingProduct(32, odd2).addingProduct(0.03125, odd3)
    c[5] = n == 6 ? c5 + v7 : c5
    guard n > 6 else { return }
    c[6] = (even1 + v7).addingProduct(64, even2).addingProduct(0.015625, even3)
}
