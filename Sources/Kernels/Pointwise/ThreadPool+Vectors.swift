// Multithreaded passes over long vectors. The choice: blocks have a fixed size and their sums are added in order, so
// that the result is bitwise independent of the number of threads.

extension ThreadPool {
    /// The number of elements of a block: few enough for a core's cache, enough to hide the cost of scheduling one.
    private static var block: Int { 1 << 16 }

    /// Calls the body for each block of 0 ..< count.
    package func forEachBlock(of count: Int, _ body: @escaping (Range<Int>) -> Void) {
        forEach((count + Self.block - 1) / Self.block) { number in
            body(number * Self.block..<min((number + 1) * Self.block, count))
        }
    }

    /// Computes y += x.
    package func add(_ x: Tensor<Float>, accumulatingInto y: Tensor<Float>) {
        precondition(x.count == y.count, "\(x.shape) added to \(y.shape)")
        forEachBlock(of: x.count) { Kernels.add(x[flat: $0], accumulatingInto: y[flat: $0]) }
    }

    /// Computes x *= a.
    package func scale(_ x: Tensor<Float>, by a: Float) {
        forEachBlock(of: x.count) { range in
            var span = x[flat: range].mutableSpan
            for i in span.indices { span[i] *= a }
        }
    }

    /// Returns the sum of squares, accumulated in double precision; see `sumOfSquares(_:within:)`.
    package func sumOfSquares(_ x: Tensor<Float>, within limit: Float = .infinity) -> Double {
        let sums = Tensor<Double>((x.count + Self.block - 1) / Self.block)
        forEachBlock(of: x.count) { range in
            sums.pointer[range.lowerBound / Self.block] = Kernels.sumOfSquares(x[flat: range], within: limit)
        }
        return (0..<sums.count).reduce(0) { $0 + sums.pointer[$1] }
    }
}
