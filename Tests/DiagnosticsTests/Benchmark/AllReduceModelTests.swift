import Diagnostics
import Foundation
import Testing

@Suite struct AllReduceModelTests {
    /// 1 us per message, 1 GB/s, and 4 GB/s for additions.
    private let link = LinkCost(latency: 1e-6, secondsPerByte: 1e-9, secondsPerSum: 0.25e-9)

    private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }

    /// Computed by hand: each of 8 ranks sends 7/8 of 8 MB twice, 14 MB, and adds 7 MB.
    @Test func costsAreTheClosedForms() {
        let ring = AllReduceAlgorithm.ring.seconds(bytes: 8_000_000, ranks: 8, link)
        #expect(isNear(ring, 14e-6 + 14e-3 + 1.75e-3))
        let tree = AllReduceAlgorithm.tree.seconds(bytes: 8_000_000, ranks: 8, link)
        #expect(isNear(tree, 6e-6 + 14e-3 + 1.75e-3))
    }

    @Test(arguments: AllReduceAlgorithm.allCases) func limitsAreThoseOfAnyAllReduce(algorithm: AllReduceAlgorithm) {
        #expect(algorithm.seconds(bytes: 1 << 20, ranks: 1, link) == 0)
        // Two ranks: half a vector is sent and half is received by either algorithm.
        #expect(isNear(algorithm.seconds(bytes: 2_000_000, ranks: 2, link), 2e-6 + 2e-3 + 0.25e-3))
        // Without latency the minimum time is that of sending the vector twice.
        let wire = LinkCost(latency: 0, secondsPerByte: 1e-9, secondsPerSum: 0)
        #expect(isNear(algorithm.seconds(bytes: 1_024_000, ranks: 1024, wire), 2e-9 * 1_023_000))
        // More ranks, bytes or latency never cost less.
        let times = [2, 3, 4, 5, 8, 100, 1024].map { algorithm.seconds(bytes: 4000, ranks: $0, link) }
        #expect(times == times.sorted())
    }

    /// Small vectors are dominated by the number of messages, and the tree has fewer.
    @Test func theTreeHasFewerMessages() {
        for ranks in [4, 16, 1024] {
            let (ring, tree) = (AllReduceAlgorithm.ring, AllReduceAlgorithm.tree)
            let difference = ring.seconds(bytes: 64, ranks: ranks, link) - tree.seconds(bytes: 64, ranks: ranks, link)
            #expect(isNear(difference / 1e-6, 2 * (Double(ranks) - 1) - 2 * log2(Double(ranks))))
        }
    }

    @Test func aNetworkOfOneGigabitCarriesAnEighthOfAGigabyte() {
        let link = LinkCost(gigabits: 1, latency: 5e-5, secondsPerSum: 0)
        #expect(link.latency == 5e-5 && isNear(link.secondsPerByte, 1 / 125e6))
    }

    private func times(
        of sizes: [Int], latency: Double, bytesPerSecond: Double
    ) -> [(bytes: Int, seconds: Double)] {
        sizes.map { bytes in (bytes, latency + Double(bytes) / bytesPerSecond) }
    }

    @Test func aLineIsFoundExactly() {
        let fit = AllReduceFit(times(of: [1 << 10, 1 << 14, 1 << 20, 33_546_304], latency: 12e-6, bytesPerSecond: 3e9))
        #expect(abs(fit.latency / 12e-6 - 1) < 1e-9 && abs(fit.secondsPerByte * 3e9 - 1) < 1e-9)
        #expect(fit.largestError < 1e-9 && isNear(fit.seconds(bytes: 0), fit.latency))
    }

    /// An error of a tenth at 1 kB counts as much as one at 32 MB, so that the fit is good at both ends.
    @Test func relativeErrorsCountAlike() {
        let exact = times(of: [1 << 10, 1 << 12, 1 << 22, 1 << 25], latency: 20e-6, bytesPerSecond: 1e9)
        let noisy = zip(exact, [1.1, 0.9, 1.1, 0.9]).map { ($0.bytes, $0.seconds * $1) }
        let fit = AllReduceFit(noisy)
        #expect(abs(fit.latency / 20e-6 - 1) < 0.12 && abs(fit.secondsPerByte * 1e9 - 1) < 0.12)
        #expect(fit.largestError > 0.05 && fit.largestError < 0.25)
    }

    /// Times that grow faster than their sizes, or decrease, give no negative parameters.
    @Test func neitherPartIsNegative() {
        let steep = AllReduceFit([(1000, 1e-6), (2000, 4e-6), (4000, 16e-6)])
        #expect(steep.latency == 0 && steep.secondsPerByte > 0)
        let falling = AllReduceFit([(1000, 4e-6), (2000, 3e-6), (4000, 2e-6)])
        #expect(falling.secondsPerByte == 0 && falling.latency > 1.9e-6 && falling.latency < 4.1e-6)
    }

    @Test func whatIsMeasuredCoversTheRange() {
        #expect(AllReduceMeasurement.sizes(upTo: 401_680) == [256, 1024, 4096, 16384, 65536, 262_144, 401_680])
        #expect(AllReduceMeasurement.sizes(upTo: 100) == [100] && AllReduceMeasurement.sizes(upTo: 256) == [256])
        #expect(ScalingBenchmark.counts(upTo: 1) == [1] && ScalingBenchmark.counts(upTo: 2) == [1, 2])
        #expect(ScalingBenchmark.counts(upTo: 6) == [1, 2, 4, 6] && ScalingBenchmark.counts(upTo: 8) == [1, 2, 4, 8])
    }
}
