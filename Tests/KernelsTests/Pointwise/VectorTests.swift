import Kernels
import Testing

@Suite struct VectorTests {
    @Test(arguments: [1, 16, 100]) func sumsOverRows(columns: Int) {
        let rows = 700, x = random(Float.self, 1, [rows, columns]), sums = random(Float.self, 2, [columns])
        let expected = (0..<columns).map { column in
            (0..<rows).reduce(Double(sums.span[column])) { $0 + Double(x.span[$1 * columns + column]) }
        }
        sumRows(of: x, accumulatingInto: sums)
        expectClose(sums, expected, 2e-5)
    }

    @Test func addAndScaleAndSquares() {
        let x = random(Double.self, 1, [37]), y = random(Double.self, 2, [37])
        let (a, b) = (numbers(x), numbers(y))
        add(x, accumulatingInto: y)
        scale(y, by: 0.25)
        expectClose(y, zip(a, b).map { ($0 + $1) * 0.25 }, 1e-15)
        #expect(abs(sumOfSquares(x) - a.reduce(0) { $0 + $1 * $1 }) < 1e-12)
    }

    @Test func columnsGoWhereTheyBelong() {
        let x = random(Float.self, 1, [3, 20]), y = Tensor<Float>(3, 40)
        copyColumns(of: x, 20, from: 1, into: y, 40, at: 19, count: 18)
        addColumns(of: x, 20, from: 1, accumulatingInto: y, 40, at: 19, count: 18)
        for row in 0..<3 {
            for column in 0..<40 {
                let expected = (19..<37).contains(column) ? 2 * x.span[row * 20 + column - 18] : 0
                #expect(y.span[row * 40 + column] == expected)
            }
        }
    }
}
