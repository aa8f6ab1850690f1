import Model
import Testing

@Suite struct ExactSumTests {
    private func sum(_ numbers: some Sequence<Double>) -> ExactSum {
        numbers.reduce(into: ExactSum()) { $0.add($1) }
    }

    @Test func nothingIsLostBesideLargeNumbers() {
        #expect(sum([1e60, 1, -1e60, 0.1, -1, 3]).value == 3.1)
        #expect(sum([-1e60, 5e-50, 1e60]).value == 5e-50)
        #expect(sum([1e60, -5e-50, -1e60]).value == -5e-50)
        #expect(sum([]).value == 0 && sum([-0.5, 0.5]).value == 0 && sum([-2.5]).value == -2.5)
    }

    @Test func numbersOfAnyMagnitudeComeBack() {
        for exponent in stride(from: -260, through: 300, by: 1) {
            let number = 0x1.23456789abcdfp0 * Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(sum([number]).value == number && sum([-number]).value == -number, "2^\(exponent)")
        }
        let smallest = Double(Float.leastNonzeroMagnitude * 1)
        #expect(sum([smallest * smallest, smallest * smallest]).value == 2 * smallest * smallest)
    }

    /// Whole numbers and real ones, added one by one and in parts, in any order.
    @Test func orderAndPartsChangeNoBit() {
        let numbers = (0..<500).map { i in
            Double(sign: i % 3 == 0 ? .minus : .plus, exponent: i * 37 % 200 - 100, significand: 1 + Double(i) / 1000)
        }
        let whole = sum(numbers)
        #expect(sum(numbers.reversed()) == whole)
        #expect(
            sum(numbers.enumerated().sorted { $0.offset * 271 % 500 < $1.offset * 271 % 500 }.map(\.element)) == whole)
        for parts in [2, 3, 7] {
            let pieces = (0..<parts).map { part in
                sum(numbers.indices.filter { $0 % parts == part }.map { numbers[$0] })
            }
            #expect(pieces.reduce(into: ExactSum()) { $0 += $1 } == whole)
            #expect(pieces.reversed().reduce(into: ExactSum()) { $0 += $1 } == whole)
        }
    }

    @Test func wholeNumbersAreAddedToo() {
        var sum = ExactSum()
        for number in [1 << 62, 1 << 62, 1 << 62, 7, -(1 << 40), .max, .min] { sum.add(number) }
        let expected: Int128 = 3 << 62 + 6 - 1 << 40
        #expect(sum.value == Double(expected))
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan, 1e200]) func whatIsTooLargeLeavesNoValue(number: Double) {
        #expect(sum([1, number, 2]).value.isNaN)
        var part = sum([1])
        part += sum([number])
        #expect(part.value.isNaN)
    }
}
