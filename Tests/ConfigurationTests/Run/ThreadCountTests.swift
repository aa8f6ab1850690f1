import Configuration
import Foundation
import Testing

/// The number of threads as an option and as a key.
@Suite struct ThreadCountTests {
    private func configuration(_ threads: String) throws -> TrainingConfiguration {
        var base = TrainingConfiguration(model: Presets.small)
        base.epochs = 1
        let line = "threads: automatic\n", yaml = try base.yaml
        try #require(yaml.contains(line))
        let read = try TrainingConfiguration(yaml: yaml.replacing(line, with: "threads: \(threads)\n"), file: "c.yaml")
        try read.check()
        return read
    }

    @Test func aFileHasTheWordOrANumber() throws {
        #expect(try configuration("automatic").threads == .automatic)
        #expect(try configuration("3").threads == .count(3))
        let printed = try configuration("3").yaml
        #expect(printed.contains("threads: 3\n"))
    }

    @Test(arguments: ["0", "-2", "1025", "many", "1.5", "[2]"]) func anythingElseIsRefused(text: String) {
        let error = #expect(throws: (any Error).self) { try configuration(text) }
        let sentence = error.map { "\($0)" } ?? ""
        #expect(sentence.contains("threads"), "\(sentence)")
    }

    /// Rank 0 sends it to the others as JSON.
    @Test(arguments: [ThreadCount.automatic, .count(3)]) func ranksReceiveWhatWasSent(count: ThreadCount) throws {
        let sent = try JSONEncoder().encode([count])
        #expect(try JSONDecoder().decode([ThreadCount].self, from: sent) == [count])
    }

    @Test func changesAreToldInNumbers() throws {
        let changes = try configuration("4").changes(from: configuration("2"))
        #expect(changes == ["threads 4 instead of 2"])
    }
}
