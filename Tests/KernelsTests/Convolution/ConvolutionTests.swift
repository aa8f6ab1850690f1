import Kernels
import Randomness
import Testing

/// The im2col convolution against its definition, written as loops in double precision.
@Suite struct ConvolutionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var height, width, channels, filters, kernel, stride, padding: Int
        var testDescription: String {
            "\(height)x\(width)x\(channels) to \(filters), kernel \(kernel), stride \(stride), padding \(padding)"
        }
    }

    static let cases = [
        Case(height: 1, width: 1, channels: 1, filters: 1, kernel: 1, stride: 1, padding: 0),
        Case(height: 5, width: 7, channels: 3, filters: 4, kernel: 3, stride: 1, padding: 1),
        Case(height: 6, width: 4, channels: 2, filters: 17, kernel: 5, stride: 1, padding: 2),
        Case(height: 3, width: 2, channels: 1, filters: 2, kernel: 5, stride: 1, padding: 2),
        Case(height: 8, width: 9, channels: 2, filters: 3, kernel: 3, stride: 2, padding: 1),
        Case(height: 7, width: 7, channels: 4, filters: 2, kernel: 3, stride: 3, padding: 0),
        Case(height: 8, width: 6, channels: 2, filters: 3, kernel: 4, stride: 2, padding: 1),
        Case(height: 6, width: 5, channels: 3, filters: 2, kernel: 2, stride: 3, padding: 0),
        Case(height: 5, width: 7, channels: 3, filters: 2, kernel: 1, stride: 2, padding: 0),
        Case(height: 3, width: 4, channels: 1, filters: 5, kernel: 3, stride: 1, padding: 2),
        Case(height: 16, width: 16, channels: 16, filters: 64, kernel: 3, stride: 1, padding: 1),
        // Fewer filters than channels: the patches are those of the output.
        Case(height: 6, width: 9, channels: 18, filters: 1, kernel: 3, stride: 1, padding: 1),
        Case(height: 7, width: 5, channels: 8, filters: 4, kernel: 4, stride: 1, padding: 0),
        Case(height: 3, width: 8, channels: 6, filters: 2, kernel: 5, stride: 1, padding: 4),
    ]

    @Test(arguments: cases) func inDoublePrecisionToTheLastBits(c: Case) { check(c, Double.self, tolerance: 1e-12) }
    @Test(arguments: cases) func inSinglePrecision(c: Case) { check(c, Float.self, tolerance: 2e-5) }

    /// Uses more images than the workspace holds at once.
    @Test func batchesLargerThanTheWorkspace() {
        let c = Case(height: 40, width: 40, channels: 32, filters: 2, kernel: 5, stride: 1, padding: 2)
        check(c, Float.self, tolerance: 1e-4, images: 5)
    }

    private func check<S: Scalar>(_ c: Case, _: S.Type, tolerance: Double, images: Int = 3) {
        let g = ConvolutionGeometry(
            height: c.height, width: c.width, channels: c.channels, kernel: c.kernel, stride: c.stride,
            padding: c.padding)
        let convolution = Convolution<S>(g, filters: c.filters, images: images, workspace: PatchWorkspace())
        let x = random(S.self, 1, [images, c.height, c.width, c.channels])
        let w = random(S.self, 2, [g.patch, c.filters])
        let dz = random(S.self, 3, [images, g.outputHeight, g.outputWidth, c.filters])
        let z = random(S.self, 4, dz.shape), added = random(S.self, 4, dz.shape)
        let dx = random(S.self, 5, x.shape), dw = random(S.self, 6, w.shape)
        var expected = Direct(c, g, images, x: x, w: w, dz: dz)
        expected.run()

        convolution.forward(x, weights: w, into: z)
        expectClose(z, expected.z, tolerance)
        let before = numbers(added)
        convolution.forward(x, weights: w, accumulatingInto: added)
        expectClose(added, zip(before, expected.z).map { $0 + $1 }, tolerance)
        let dxBefore = numbers(dx), dwBefore = numbers(dw)
        convolution.inputGradient(dz, weights: w, accumulatingInto: dx)
        expectClose(dx, zip(dxBefore, expected.dx).map { $0 + $1 }, tolerance)
        convolution.weightGradient(x, dz, accumulatingInto: dw)
        expectClose(dw, zip(dwBefore, expected.dw).map { $0 + $1 }, tolerance)
    }
}

/// Computes z[n, y, x, f] = sum over ky, kx, c of in[n, y s + ky - p, x s + kx - p, c] w[ky, kx, c, f] and its two
/// gradients.
private struct Direct {
    let c: ConvolutionTests.Case, g: ConvolutionGeometry, images: Int
    let input, w, upstream: [Double]
    var z, dx, dw: [Double]

    init<S: Scalar>(
        _ c: ConvolutionTests.Case, _ g: ConvolutionGeometry, _ images: Int, x: Tensor<S>, w: Tensor<S>, dz: Tensor<S>
    ) {
        (self.c, self.g, self.images) = (c, g, images)
        input = numbers(x)
        self.w = numbers(w)
        upstream = numbers(dz)
        z = [Double](repeating: 0, count: upstream.count)
        dx = [Double](repeating: 0, count: input.count)
        dw = [Double](repeating: 0, count: self.w.count)
    }

    mutating func run() {
        for n in 0..<images {
            for y in 0..<g.outputHeight {
                for x in 0..<g.outputWidth {
                    for ky in 0..<c.kernel {
                        for kx in 0..<c.kernel { add(n, y, x, ky, kx) }
                    }
                }
            }
        }
    }

    private mutating func add(_ n: Int, _ y: Int, _ x: Int, _ ky: Int, _ kx: Int) {
        let iy = y * c.stride + ky - c.padding, ix = x * c.stride + kx - c.padding
        guard (0..<c.height).contains(iy), (0..<c.width).contains(ix) else { return }
        for k in 0..<c.channels {
            let at = ((n * c.height + iy) * c.width + ix) * c.channels + k
            for f in 0..<c.filters {
                let out = ((n * g.outputHeight + y) * g.outputWidth + x) * c.filters + f
                let weight = ((ky * c.kernel + kx) * c.channels + k) * c.filters + f
                z[out] += input[at] * w[weight]
                dx[at] += upstream[out] * w[weight]
                dw[weight] += upstream[out] * input[at]
            }
        }
    }
}

func random<S: Scalar>(_: S.Type, _ seed: UInt64, _ shape: [Int]) -> Tensor<S> {
    let tensor = Tensor<S>(shape: shape)
    var stream = RandomStream(seed), numbers = tensor.mutableSpan
    for i in numbers.indices { numbers[i] = S(stream.uniform(-1, 1)) }
    return tensor
}

func numbers<S: Scalar>(_ tensor: Tensor<S>) -> [Double] {
    let span = tensor.span
    return span.indices.map { Double(span[$0]) }
}

func expectClose<S: Scalar>(
    _ tensor: Tensor<S>, _ expected: [Double], _ tolerance: Double, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let worst = zip(numbers(tensor), expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance, "\(name)", sourceLocation: sourceLocation)
}
