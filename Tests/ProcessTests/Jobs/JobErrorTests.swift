import Foundation
import TestSupport
import Testing

/// Jobs whose ranks differ, or of which one fails during the run.
@Suite struct JobErrorTests {
    let example = try! TrainingExample.shared.get()
    private let program = Command.path(of: "convlstm-dist")

    /// Runs one rank for each command line, in one job.
    private func job(_ commands: [[String]]) throws -> CommandResult {
        let ranks = commands.map { ["-np", "1"] + $0 }.joined(separator: [":"])
        return try Command.run(
            "mpirun", Mpirun.options + ranks, environment: Mpirun.rootIsWelcome, directory: example.folder.path)
    }

    private func complaint(about result: CommandResult) -> String {
        result.stderr.split(separator: "\n").first { $0.hasPrefix("Error: ") }.map(String.init) ?? result.stderr
    }

    @Test func ranksWithOtherOptionsAreRefused() throws {
        let output = example.freshOutput()
        let commands = ["3", "3", "5"].map { [program] + example.arguments(output, ["--steps", $0]) }
        let result = try job(commands), sentence = complaint(about: result)
        #expect(
            result.status == 2 && sentence.contains(/rank 2 on \S+ has other options than rank 0 on/), "\(sentence)")
        #expect(!FileManager.default.fileExists(atPath: example.folder.file(output)))
    }

    @Test func oneRankWithAWrongOptionSaysSo() throws {
        let arguments = example.arguments(example.freshOutput(), ["--steps", "3"])
        let result = try job([[program] + arguments, [program] + arguments + ["--bogus"]])
        let sentence = "rank 1 of 2 alone: convlstm-dist: Unknown option '--bogus'"
        #expect(result.status == 2 && result.stderr.contains(sentence), "\(result.stderr)")
    }

    /// A copy of the program that holds the digest of other sources.
    @Test func aProgramOfOtherSourcesIsRefused() throws {
        let version = try Command.run(program, ["--version"]).stdout
        let sources = try #require(version.firstMatch(of: /sources ([0-9a-f]{16})\)/)?.1)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: program))
        let place = try #require(bytes.firstRange(of: Data(sources.utf8)))
        bytes.replaceSubrange(place, with: Data(String(sources.reversed()).utf8))
        let copy = try example.folder.write(Array(bytes), to: "other-sources")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
        let arguments = example.arguments(example.freshOutput(), ["--steps", "3"])
        let result = try job([[program] + arguments, [copy] + arguments])
        let sentence = complaint(about: result)
        #expect(
            result.status == 2 && sentence.contains(/rank 1 on \S+ has a program of other sources than rank 0 on/),
            "\(sentence)")
    }

    @Test func otherDataUnderTheSameNameAreRefused() throws {
        let folders = try (0..<2).map { number in
            let folder = example.folder.file(example.freshOutput())
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try DamagedClips.write(
                to: folder + "/films.shards", frames: 6, size: 24, training: 20 + number, damaged: -1)
            return folder
        }
        let config = example.folder.file("tiny.yaml")
        let result = try job(
            folders.map {
                ["--wdir", $0, program, "train", "--config", config, "--data", "films.shards", "--steps", "3"]
            })
        let sentence = complaint(about: result)
        #expect(
            result.status == 2 && sentence.contains(/rank 1 on \S+ has other data under the same name than rank 0 on/),
            "\(sentence)")
    }

    @Test func moreThreadsThanCoresAreTold() throws {
        let threads = ProcessInfo.processInfo.activeProcessorCount + 1
        let result = try example.train(
            ranks: 0, example.freshOutput(), ["--batch-size", "2", "--steps", "1", "--threads", "\(threads)"])
        let sentence = "oversubscribed, 1 rank of \(threads) threads on "
        #expect(result.status == 0 && result.stderr.contains(sentence), "\(result.stderr)")
    }

    /// If a shard is cut short while the job trains, the rank that reads it first ends the job, and its error is the
    /// only one printed.
    @Test func aShardLostOnTheWayEndsTheJob() throws {
        let output = example.freshOutput(), shards = example.folder.file("lost-clips")
        try DamagedClips.write(to: shards, frames: 6, size: 24, training: 20, damaged: -1)
        let result = try example.train(
            ranks: 3, output, ["--data", shards],
            do: "truncate -s 100 \(shards)/00000-of-00002.npy.zst; date +%s > \(output)/cut")
        let errors = result.stderr.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
        #expect(result.status == 1 && errors.count == 1, "\(result.stderr)")
        #expect(
            errors.first?.contains(/rank \d of 3 on \S+: .*00000-of-00002.npy.zst is cut short/) == true, "\(errors)")
        let cut = try #require(Double(example.text(of: "cut", output).trimmingCharacters(in: .newlines)))
        #expect(Date().timeIntervalSince1970 - cut < 10)
    }
}
