// The parts of a training step, each to be repeated and timed alone. This is the only library that other packages see:
// the package Benchmarks/KernelBenchmarks times the workloads and knows nothing of kernels.

import Kernels

/// A kernel with the shapes of a preset.
public struct Workload: Sendable {
    /// The unit in which the work is counted.
    public enum Unit: Sendable {
        /// Floating-point multiplications and additions.
        case operations

        /// Bytes of arrays, counted once for reading and once for writing.
        case bytes
    }

    public let name: String
    public let unit: Unit
    private let make: @Sendable () -> PreparedWorkload

    init(_ name: String, _ unit: Unit, _ make: @escaping @Sendable () -> PreparedWorkload) {
        (self.name, self.unit, self.make) = (name, unit, make)
    }

    /// Allocates and fills the memory, and runs the workload once.
    public func prepared() -> PreparedWorkload {
        let workload = make()
        workload.restore()
        workload.run()
        return workload
    }

    /// All workloads except `copy` and `peak`.
    public static let all =
        products + transforms + GateWorkload.all.flatMap(\.workloads) + normalizedGates + updates

    /// A copy between two arrays that far exceed the caches: the reference for kernels that are memory-bound.
    public static let copy = Workload("copy", .bytes) {
        let source = noise(64 << 20), target = Tensor<Float>(64 << 20)
        return PreparedWorkload(reading: [source], writing: [target]) { target.copy(from: source) }
    }
}

/// A workload with its memory.
public struct PreparedWorkload {
    /// The operations or bytes of one run.
    public let amount: Int

    /// Restores what a run overwrote. Do not time it.
    public let restore: () -> Void

    /// Does the work once.
    public let run: () -> Void

    /// The results of a run. Those in the Winograd domain are transformed back.
    package let results: () -> [Tensor<Float>]

    init(operations: Int, results: @escaping () -> [Tensor<Float>], run: @escaping () -> Void) {
        (amount, restore, self.run, self.results) = (operations, {}, run, results)
    }

    /// - Parameter others: the bytes of memory that is not a tensor.
    init(
        reading sources: [Tensor<Float>], writing targets: [Tensor<Float>], others: Int = 0,
        restore: @escaping () -> Void = {}, results: (() -> [Tensor<Float>])? = nil, run: @escaping () -> Void
    ) {
        amount = others + MemoryLayout<Float>.stride * (sources + targets).reduce(0) { $0 + $1.count }
        (self.restore, self.run, self.results) = (restore, run, results ?? { targets })
    }
}
