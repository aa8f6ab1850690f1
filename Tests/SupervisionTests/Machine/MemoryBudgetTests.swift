import Supervision
import Testing

@Suite struct MemoryBudgetTests {
    private func budget(_ host: String, _ needed: Int, of available: Int) -> MemoryBudget {
        MemoryBudget(host: host, needed: needed * 1_000_000_000, available: available * 1_000_000_000)
    }

    @Test func hostsThatAreLargeEnoughAreLeftAlone() {
        #expect(
            MemoryBudget.complaint(about: [budget("a", 4, of: 9), budget("a", 4, of: 9), budget("b", 8, of: 9)]) == nil)
    }

    @Test func aLimitOfARankIsSaid() {
        var tight = budget("b", 1, of: 9)
        (tight.unmappable, tight.limit) = (1_200_000_000, "ulimit -v 500000")
        let complaint = MemoryBudget.complaint(about: [budget("a", 1, of: 9), tight])
        #expect(complaint?.contains("a rank on b would need 1.2 GB of addresses") == true, "\(complaint ?? "")")
        #expect(complaint?.contains("the limit on memory (ulimit -v 500000) leaves less; raise the limit") == true)
    }

    @Test func whereTheSystemDoesNotSayNothingIsRefused() {
        #expect(MemoryBudget.complaint(about: [MemoryBudget(host: "a", needed: 1 << 50, available: nil)]) == nil)
        #expect(SystemFiles.kilobytes("8123456 kB") == 8_123_456 * 1024)
        #expect(SystemFiles.kilobytes("") == nil && SystemFiles.kilobytes("9223372036854775807 kB") == nil)
    }

    @Test func theRanksOfAHostCountTogether() {
        let complaint = MemoryBudget.complaint(about: [
            budget("a", 8, of: 9), budget("b", 5, of: 9), budget("b", 5, of: 8),
        ])
        #expect(
            complaint == "the 2 ranks on b would need 10.0 GB of memory and 8.0 GB are available; "
                + "choose a larger --accumulate, --recompute, a smaller --batch-size, fewer --threads, or more hosts")
    }
}
