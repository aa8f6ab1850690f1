import Foundation
import TestSupport
import Testing

/// Benchmarks/Scripts/over-ethernet, over a link so slow that it dominates whatever else the machine does.
@Suite(.tags(.slow), .unlessFast) struct OverEthernetTests {
    private func overEthernet(_ options: [String]) throws -> CommandResult {
        try Command.run(
            "python3",
            [
                Repository.path + "Benchmarks/Scripts/over-ethernet", "--convlstm-dist",
                Command.path(of: "convlstm-dist"),
            ]
                + options)
    }

    /// No all-reduce is faster than the model predicts for 100 Mbit/s, except for what is sent without delay, and 16
    /// bits per element take less time. How much slower it is depends on the load of the machine.
    @Test(.onTwoHosts) func theModelBoundsTheAllReduce() throws {
        let result = try overEthernet(["small", "--batch", "1", "--steps", "1", "--gbit", "0.1"])
        try #require(result.status == 0, "\(result)")
        let row = try #require(result.stdout.split(separator: "\n").last).split(separator: "|")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        try #require(row.count == 9, "\(row)")
        let measured = try #require(Double(row[1])), predicted = try #require(Double(row[2]))
        let ratio = try #require(Double(row[3])), rounded = try #require(Double(row[4]))
        #expect(row[0] == "0.1" && abs(predicted - 128.6) < 2 && abs(ratio - measured / predicted) < 0.01)
        #expect(ratio > 0.8 && ratio < 10, "\(row)")
        #expect(rounded > 0.4 * predicted && rounded < measured, "\(row)")
        #expect(result.stdout.contains("gradient of 1.6 MB"))
    }

    @Test(arguments: [
        (["--gbit", "0"], "0 is no number from 0 to 100000"),
        (["--convlstm-dist", "/nowhere/program"], geteuid() == 0 ? "/nowhere/program is not there" : "need root"),
    ])
    func badInputGetsOneSentence(options: [String], sentence: String) throws {
        let result = try overEthernet(options)
        #expect(result.status == 2 && result.stdout.isEmpty)
        #expect(result.stderr.split(separator: "\n").last?.contains(sentence) == true, "\(result.stderr)")
    }
}
