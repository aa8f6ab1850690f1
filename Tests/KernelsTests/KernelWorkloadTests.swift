import KernelWorkloads
import Kernels
import NetworkTestSupport
import Testing

/// The workloads that Benchmarks/KernelBenchmarks times, each run once: they do their work, and count what the
/// equations say.
@Suite(.serialized) struct KernelWorkloadTests {
    @Test func everyWorkloadDoesItsWork() {
        #expect(Set((Workload.all + GateWorkload.all.map(\.bothWays)).map(\.name)).count == 37)
        for workload in Workload.all + GateWorkload.all.map(\.bothWays) + [.copy, .peak] {
            let prepared = workload.prepared(), clock = ContinuousClock()
            prepared.restore()
            let seconds = clock.measure(prepared.run) / .seconds(1)
            #expect(Double(prepared.amount) / seconds > 1e7, "\(workload.name)")
            for result in prepared.results() {
                #expect(sumOfSquares(result).isFinite && sumOfSquares(result) > 0, "\(workload.name)")
            }
        }
    }

    /// The amounts are counted by hand; a gate call of neural-scene has 9 maps of 1 MB, and 29 calls exceed 256 MB. The same
    /// holds for a step of mindspore-ed, which reads M four times.
    @Test(arguments: [
        ("product V U, neural-scene 16+128->512", 2 * 64 * (8 * 16) * 144 * 512),
        ("product dM U', keras-stack 40+40->160", 2 * 64 * (2 * 49) * 80 * 160),
        ("product V' dM, mindspore-ed 96+64->256", 2 * 64 * 256 * 160 * 256),
        ("gates forward, neural-scene 128", 29 * (4 + 1 + 4 + 1 + 1) << 20),
        ("gates backward, neural-scene 128", 29 * (4 + 1 + 1 + 1 + 1 + 4 + 1) << 20),
        (
            "normalized gates forward, mindspore-ed 96+64->256",
            29 * ((1 + 4 + 1 + 1) << 20 + 4 * 4 * (64 * 16 * 1025 + 16))
        ),
        ("gradient norm", 4 * 8_386_576),
        ("update, Adam", 7 * 4 * 8_386_576),
        ("update, momentum", 5 * 4 * 8_386_576),
    ])
    func amountsAreThoseOfTheEquations(name: String, amount: Int) throws {
        let workload = try #require(Workload.all.first { $0.name == name })
        #expect(workload.prepared().amount == amount)
    }

    /// The last call gives the same gates, c and h as the first, since both start from the same values.
    @Test func allCallsOfTheGatesAreMade() {
        let results = GateWorkload.all[0].forward.prepared().results()
        for (first, last) in zip(results.prefix(3), results.suffix(3)) { #expect(worstDifference(first, last) == 0) }
    }
}
