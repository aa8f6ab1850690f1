import Shards
import Testing

@Suite struct SplitTests {
    @Test(arguments: [("0", 0), ("1000", 1000), ("0.1", 100), ("0.0004", 0), ("0.0006", 1), ("1", 1)])
    func amountsAreCountsOrFractions(text: String, count: Int) throws {
        #expect(HeldBack(text)?.count(of: 1000) == count)
    }

    @Test(arguments: ["", "-1", "1.5", "1.0", "-0.1", "nan", "ten"]) func otherAmountsAreRefused(text: String) {
        #expect(HeldBack(text) == nil)
    }

    @Test func theLastSequencesTestAndThoseBeforeThemValidate() throws {
        let ranges = try SplitRange.ranges(total: 10_000, validation: HeldBack("500")!, test: HeldBack("0.1")!)
        #expect(ranges.map(\.name) == [.train, .validation, .test])
        #expect(ranges.map(\.range) == [0..<8500, 8500..<9000, 9000..<10_000])
    }

    @Test func somethingIsLeftToTrainOn() throws {
        #expect(try SplitRange.ranges(total: 1, validation: HeldBack("0.1")!, test: HeldBack("0.1")!)[0].sequences == 1)
        #expect(throws: ShardError.self) {
            try SplitRange.ranges(total: 10, validation: HeldBack("5")!, test: HeldBack("5")!)
        }
        #expect(throws: ShardError.self) {
            try SplitRange.ranges(total: 10, validation: HeldBack("0")!, test: HeldBack("\(Int.max)")!)
        }
    }
}
