import Kernels
import Synchronization
import Testing

@Suite struct DenormalsTests {
    /// Numbers that the compiler does not know.
    private let least = Self.of(.leastNormalMagnitude), half = Self.of(0.5)
    private let denormal = Self.of(.leastNonzeroMagnitude), large = Self.of(.greatestFiniteMagnitude)

    private static func of(_ number: Float) -> Tensor<Float> {
        let tensor = Tensor<Float>(1)
        tensor.fill(number)
        return tensor
    }

    /// A result and an argument, each too small for a normal number.
    private var tooSmall: [Float] { [least.pointer[0] * half.pointer[0], denormal.pointer[0] * large.pointer[0]] }

    @Test(arguments: [1, 3]) func areZeroInTheWorkOfAPoolAndNowhereElse(threads: Int) throws {
        let pool = try ThreadPool(threads), found = Mutex([[Float]]())
        for _ in 1...2 {
            pool.run(threads) { _ in
                let values = tooSmall
                found.withLock { $0.append(values) }
            }
        }
        #expect(found.withLock { $0 } == Array(repeating: [0, 0], count: 2 * threads))
        #expect(tooSmall.allSatisfy { $0 > 0 })
    }
}
