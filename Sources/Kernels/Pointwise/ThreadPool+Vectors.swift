// Passes over long vectors by several threads. The choice: blocks of a fixed size, whose sums are added in their order,
// so that the number of threads changes no bit.

extension ThreadPool {
    /// Numbers of a block: few enough for a core's cache, enough that taking one costs nothing.
    private static var block: Int { 1 << 16 }

    /// The body for each block of 0 ..< count.
    package func forEachBlock(of count: Int, _ body: @escaping (Range<Int>) -> Void) {
        forEach((count + Self.block - 1) / Self.block) { number in
            body(number * Self.block..<min((number + 1) * Self.block, count))
        }
    }

    /// y += x.
    package func add(_ x: Tensor<Float>, accumulatingInto y: Tensor<Float>) {
        precondition(x.count == y.count, "\(x.shape) added to \(y.shape)")
        forEachBlock(of: x.count) { Kernels.add(x[flat: $0], accumulatingInto: y[flat: $0]) }
    }

    /// The sum of the squares, added up in double precision; see `sumOfSquares(_:within:)`.
    package func sumOfSquares(_ x: Tensor<Float>, within limit: Float = .infinity) -> Double {
        let sums = Tensor<Double>((x.count + Self.block - 1) / Self.block)
        forEachBlock(of: x.count) { range in
            sums.pointer[range.lowerBound / Self.block] = Kernels.sumOfSquares(x[flat: range], within: limit)
        }
        return (0..<sums.count).reduce(0) { $0 + sums.pointer[$1] }
    }
}
