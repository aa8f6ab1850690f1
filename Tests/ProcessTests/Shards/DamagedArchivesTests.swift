// Damaged HDF5 files, given to `split` as a person would. The choice: a process for each, since libhdf5 may crash; each must
// give a data set, or one sentence and exit code 1, within seconds and two gigabytes of address space.

import Formats
import Foundation
import Shards
import TestSupport
import Testing

@Suite struct DamagedArchivesTests {
    let folder = try! TemporaryFolder(inMemory: true)
    private static let mutants = 60

    private func split(_ file: String) throws -> CommandResult {
        let output = folder.file("out.shards")
        try? FileManager.default.removeItem(atPath: output)
        let limits =
            "ulimit -v 2000000; ulimit -c 0; exec \(Command.path(of: "convlstm-shard")) split \(file) --frames 2 --output out.shards"
        return try Command.run("bash", ["-c", limits], directory: folder.path, timeout: 30)
    }

    private func requireAnswer(_ result: CommandResult, _ what: String) throws {
        if result.status == 0 { return }
        let sentence = result.stderr
        #expect(result.status == 1, "\(what): \(result)")
        #expect(sentence.utf8.count < 500 && sentence.hasPrefix("convlstm-shard: "), "\(what): \(sentence)")
        #expect(sentence.split(separator: "\n").count == 1, "\(what): \(sentence)")
        #expect(try !folder.names.contains("out.shards"))
    }

    /// A file of netCDF's shape: scales, references, attributes, chunks, deflated.
    @Test(.timeLimit(.minutes(5))) func everyDamageIsAnswered() throws {
        let rain = RainGenerator(frames: 4, size: 16, count: 1, seed: 2)
        try RainArchive(rain, start: Date(timeIntervalSince1970: 1_780_000_000)).writeNetCDF(to: folder.file("x.nc")) {
            _ in
        }
        let whole = try folder.bytes(of: "x.nc")
        #expect(try split("x.nc").status == 0)
        var answers: [Int32: Int] = [:]
        for number in 0..<Self.mutants {
            try folder.write(Mutation(number: number).applied(to: whole), to: "y.nc")
            let result = try split("y.nc")
            try requireAnswer(result, "mutation \(number)")
            answers[result.status, default: 0] += 1
        }
        #expect(answers.count == 2, "\(answers)")
    }

    /// A download that did not begin.
    @Test func anEmptyFileIsNamed() throws {
        try folder.write([], to: "x.h5")
        let result = try split("x.h5")
        #expect(result.status == 1 && result.stderr.contains("x.h5 is empty"), "\(result)")
        #expect(try split("none.h5").status != 0)
    }
}
