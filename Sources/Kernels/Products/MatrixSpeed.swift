// A benchmark of this machine's matrix products, which dominate a training step.

import Platform

/// Timed matrix products.
package enum MatrixSpeed {
    /// Measures the throughput of 512 x 512 float products for about `seconds`, in gigaflops summed over all threads of
    /// the pool. A multiply-add counts as two operations.
    package static func measured(seconds: Double, on pool: ThreadPool) -> Double {
        let speeds = Tensor<Double>(pool.size)
        pool.run(pool.size) { speeds.pointer[$0] = ofOneThread(seconds: seconds) }
        return (0..<pool.size).reduce(0) { $0 + speeds.pointer[$1] }
    }

    private static func ofOneThread(seconds: Double) -> Double {
        let side = 512, a = Tensor<Float>(side, side), b = Tensor<Float>(side, side), c = Tensor<Float>(side, side)
        a.fill(1)
        b.fill(1)
        func products(during seconds: Double) -> Double {
            let start = now()
            var count = 0, elapsed = 0.0
            repeat {
                multiply(a.matrix, b.matrix, into: c.matrix)
                count += 1
                elapsed = now() - start
            } while elapsed < seconds
            return Double(count) / elapsed
        }
        // The first products bring the processor up to speed.
        _ = products(during: seconds / 3)
        return products(during: seconds * 2 / 3) * 2 * Double(side * side * side) / 1e9
    }
}
