// Pieces of a training step, each to be repeated alone and timed. The only library that other packages see: the package
// of Benchmarks/KernelBenchmarks times the workloads and knows nothing of kernels.

import Kernels

/// A kernel with the shapes of a preset.
public struct Workload: Sendable {
    /// What the work is counted in.
    public enum Unit: Sendable {
        /// Multiplications and additions of floating-point numbers.
        case operations

        /// Of arrays, each read once and written once.
        case bytes
    }

    public let name: String
    public let unit: Unit
    private let make: @Sendable () -> PreparedWorkload

    init(_ name: String, _ unit: Unit, _ make: @escaping @Sendable () -> PreparedWorkload) {
        (self.name, self.unit, self.make) = (name, unit, make)
    }

    /// Takes the memory and fills it.
    public func prepared() -> PreparedWorkload {
        let workload = make()
        workload.restore()
        workload.run()
        return workload
    }

    /// All but `copy`.
    public static let all = products + transforms + GateWorkload.all.flatMap(\.workloads) + updates

    /// Memory copied to other memory, both far larger than the caches: what a kernel that waits for memory is held
    /// against.
    public static let copy = Workload("copy", .bytes) {
        let source = noise(64 << 20), target = Tensor<Float>(64 << 20)
        return PreparedWorkload(reading: [source], writing: [target]) { target.copy(from: source) }
    }
}

/// A workload with its memory.
public struct PreparedWorkload {
    /// Operations or bytes of a run.
    public let amount: Int

    /// Brings back what a run overwrote; it is not to be timed.
    public let restore: () -> Void

    /// Does the work once.
    public let run: () -> Void

    /// What a run writes or, where that is in the Winograd domain, a sum of it.
    package let results: () -> [Tensor<Float>]

    init(operations: Int, results: @escaping () -> [Tensor<Float>], run: @escaping () -> Void) {
        (amount, restore, self.run, self.results) = (operations, {}, run, results)
    }

    /// - Parameter others: bytes of memory that is no tensor.
    init(
        reading sources: [Tensor<Float>], writing targets: [Tensor<Float>], others: Int = 0,
        restore: @escaping () -> Void = {}, results: (() -> [Tensor<Float>])? = nil, run: @escaping () -> Void
    ) {
        amount = others + MemoryLayout<Float>.stride * (sources + targets).reduce(0) { $0 + $1.count }
        (self.restore, self.run, self.results) = (restore, run, results ?? { targets })
    }
}
