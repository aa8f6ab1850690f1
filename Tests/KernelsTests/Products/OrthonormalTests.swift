import Kernels
import Testing

@Suite struct OrthonormalTests {
    @Test(arguments: [(1, 1), (1, 20), (5, 5), (17, 33), (40, 41)])
    func rowsAreOrthonormalToTheLastBits(rows: Int, columns: Int) {
        let q = random(Double.self, 1, [rows, columns]), products = Tensor<Double>(rows, rows)
        orthonormalizeRows(of: q)
        multiply(q.matrix, q.matrix.transposed, into: products.matrix)
        expectClose(products, (0..<rows * rows).map { $0 % (rows + 1) == 0 ? 1 : 0 }, 1e-14)
    }

    /// For nearly dependent rows a single projection leaves errors of 1e-6.
    @Test func nearlyDependentRows() {
        let q = random(Double.self, 1, [3, 50]), products = Tensor<Double>(3, 3)
        for row in 1..<3 {
            var numbers = q[row].mutableSpan
            for i in numbers.indices { numbers[i] = q[0].span[i] + 1e-10 * numbers[i] }
        }
        orthonormalizeRows(of: q)
        multiply(q.matrix, q.matrix.transposed, into: products.matrix)
        expectClose(products, [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-14)
    }

    /// R = A Q' of the decomposition A = R Q is lower triangular, with a positive diagonal.
    @Test func eachRowStaysOnItsSide() {
        let a = random(Double.self, 4, [6, 9]), q = random(Double.self, 4, [6, 9]), r = Tensor<Double>(6, 6)
        orthonormalizeRows(of: q)
        multiply(a.matrix, q.matrix.transposed, into: r.matrix)
        for row in 0..<6 {
            #expect(r[row].span[row] > 0)
            for column in row + 1..<6 { #expect(abs(r[row].span[column]) < 1e-14) }
        }
    }
}
