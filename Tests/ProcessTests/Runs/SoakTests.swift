import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct SoakTests {
    /// `Launch/soak` with its default of 200 cycles is for a night; these ten find what a change breaks.
    @Test func tenCyclesOfKillsChangeNothing() throws {
        let result = try Command.run(Repository.path + "Launch/soak", ["--cycles", "10", "--seed", "7"], timeout: 300)
        #expect(result.status == 0, "\(result)")
        #expect(
            result.stdout.hasPrefix("10 cycles (a rank killed ")
                && result.stdout.hasSuffix("steps, tensors and tables are those of an undisturbed run\n"), "\(result)")
    }

    @Test(arguments: [["--cycles", "many"], ["--cycles"], ["twice"]]) func whatIsNoCycleIsSaid(words: [String]) throws {
        let result = try Command.run(Repository.path + "Launch/soak", words)
        #expect(result.status != 0 && result.stdout.isEmpty && !result.stderr.isEmpty, "\(result)")
    }
}
