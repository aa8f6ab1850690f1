import Testing
import Trainer

@Suite struct MemoryBudgetTests {
    private func budget(_ host: String, _ needed: Int, of available: Int) -> MemoryBudget {
        MemoryBudget(host: host, needed: needed * 1_000_000_000, available: available * 1_000_000_000)
    }

    @Test func hostsThatAreLargeEnoughAreLeftAlone() {
        #expect(MemoryBudget.complaint(about: [budget("a", 4, of: 9), budget("a", 4, of: 9), budget("b", 8, of: 9)]) == nil)
    }

    @Test func theRanksOfAHostCountTogether() {
        let complaint = MemoryBudget.complaint(about: [budget("a", 8, of: 9), budget("b", 5, of: 9), budget("b", 5, of: 8)])
        #expect(
            complaint == "the 2 ranks on b would need 10.0 GB of memory and 8.0 GB are available; "
                + "choose a larger --accumulate, --recompute, a smaller --batch-size, or more hosts")
    }
}
