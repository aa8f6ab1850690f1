// Every workload with its rate, the gates beside a copy of memory, the products beside a loop of nothing but fused
// multiply-adds, and the sum over two ranks. The tool prints whole
// numbers, hence millions of operations and of bytes.

import Benchmark
import KernelWorkloads

let benchmarks: @Sendable () -> Void = {
    for workload in Workload.all + [.copy] { measure(workload) }
    for gates in GateWorkload.all { compareWithCopy(gates) }
    for product in Workload.products { compareWithPeak(product) }
    measureAllReduce()
}

extension BenchmarkMetric {
    static var operations: Self { .custom("MFLOP/s", polarity: .prefersLarger, useScalingFactor: false) }
    static var bytes: Self { .custom("MB/s", polarity: .prefersLarger, useScalingFactor: false) }
    static var partOfCopy: Self {
        .custom("% of the rate of a copy", polarity: .prefersLarger, useScalingFactor: false)
    }
    static var partOfPeak: Self { .custom("% of the peak", polarity: .prefersLarger, useScalingFactor: false) }
}

extension Workload {
    var metric: BenchmarkMetric {
        switch unit {
        case .operations: .operations
        case .bytes: .bytes
        }
    }
}

extension PreparedWorkload {
    /// Does the work once; millions of operations or bytes a second.
    func rate() -> Double {
        restore()
        let clock = ContinuousClock(), start = clock.now
        run()
        return 1e-6 * Double(amount) / ((clock.now - start) / .seconds(1))
    }
}

/// As often as goes into a second, but at most a thousand times.
func configuration(_ metrics: [BenchmarkMetric]) -> Benchmark.Configuration {
    let units = Dictionary(uniqueKeysWithValues: metrics.map { ($0, BenchmarkUnits.count) })
    return .init(metrics: metrics, units: units, warmupIterations: 0, maxDuration: .seconds(1), maxIterations: 1000)
}

private func measure(_ workload: Workload) {
    let metric = workload.metric
    Benchmark(workload.name, configuration: configuration([metric])) { benchmark, prepared in
        benchmark.measurement(metric, Int(prepared.rate()))
    } setup: {
        workload.prepared()
    }
}

/// The two in turn, so that whatever else the machine does slows both.
private func compareWithCopy(_ gates: GateWorkload) {
    let workload = gates.bothWays
    Benchmark(workload.name, configuration: configuration([.bytes, .partOfCopy])) { benchmark, prepared in
        let rate = prepared.gates.rate()
        benchmark.measurement(.bytes, Int(rate))
        benchmark.measurement(.partOfCopy, Int(100 * rate / prepared.copy.rate()))
    } setup: {
        (gates: workload.prepared(), copy: Workload.copy.prepared())
    }
}

/// The peak before and after a product, so that the clock rate that falls or rises meanwhile does so for both.
private func compareWithPeak(_ product: Workload) {
    Benchmark("\(product.name), of peak", configuration: configuration([.operations, .partOfPeak])) {
        benchmark, prepared in
        let before = prepared.peak.rate(), rate = prepared.product.rate(), after = prepared.peak.rate()
        benchmark.measurement(.operations, Int(rate))
        benchmark.measurement(.partOfPeak, Int(200 * rate / (before + after)))
    } setup: {
        (product: product.prepared(), peak: Workload.peak.prepared())
    }
}
