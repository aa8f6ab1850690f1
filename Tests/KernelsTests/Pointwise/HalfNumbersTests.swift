import Kernels
import Testing

@Suite struct HalfNumbersTests {
    /// Returns the values as a receiver sees them: packed and unpacked.
    private func sent(_ values: [Float]) -> [Float] {
        let x = Tensor<Float>(values.count), packed = Tensor<Float>(packedCount(of: values.count))
        var span = x.mutableSpan
        for i in values.indices { span[i] = values[i] }
        pack(x, into: packed)
        x.fill(-1)
        unpack(packed, into: x)
        return floats(x)
    }

    private func floats(_ tensor: Tensor<Float>) -> [Float] { tensor.span.indices.map { tensor.span[$0] } }

    /// bfloat16 has 8 significant bits: values round to the nearer neighbor, and ties to the even one.
    @Test func numbersAreRoundedToNearestAndEven() {
        let step: Float = 1.0 / 128
        let cases: [(Float, Float)] = [
            (0, 0), (1, 1), (-1 - step, -1 - step), (1 + 0.49 * step, 1), (1 + 0.51 * step, 1 + step),
            (1 + 0.5 * step, 1), (1 + 1.5 * step, 1 + 2 * step), (-1 - 2.5 * step, -1 - 2 * step),
            (.infinity, .infinity), (-.infinity, -.infinity), (.greatestFiniteMagnitude, .infinity),
        ]
        let found = sent(cases.map(\.0))
        for (number, (from, expected)) in zip(found, cases) { #expect(number == expected, "\(from) became \(number)") }
        #expect(sent([-0.0])[0].sign == .minus)
    }

    /// NaN stays NaN even if its payload is in the half that is dropped, or if rounding would carry into the sign.
    @Test(arguments: [0x7F80_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFF80_0001, 0x7FC0_0000] as [UInt32])
    func nanStaysNaN(bits: UInt32) {
        #expect(sent([Float(bitPattern: bits)])[0].isNaN && sent([1, Float(bitPattern: bits)])[1].isNaN)
    }

    @Test(arguments: [0, 1, 2, 3, 31, 32, 33, 1001]) func everyNumberComesBackToItsPlace(count: Int) {
        let values = (0..<count).map { Float($0 % 128) - 64 }
        #expect(sent(values) == values)
    }

    @Test(arguments: [1, 33, 100]) func whatArrivesIsAdded(count: Int) {
        let x = random(Float.self, 1, [count]), y = random(Float.self, 2, [count]), rounded = Tensor<Float>(count)
        let packed = Tensor<Float>(packedCount(of: count)), before = floats(y)
        pack(x, into: packed)
        unpack(packed, into: rounded)
        addUnpacked(packed, accumulatingInto: y)
        #expect(floats(y) == zip(before, floats(rounded)).map { $0 + $1 })
        #expect(zip(floats(x), floats(rounded)).allSatisfy { abs($0 - $1) <= abs($0) / 256 })
    }
}
