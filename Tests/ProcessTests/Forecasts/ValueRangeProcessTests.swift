import Foundation
import TestSupport
import Testing

/// Pictures in other units than in training are reported, by every command that reads them.
@Suite(.enabled(if: Python.has("numpy"), "needs numpy")) struct ValueRangeProcessTests {
    let tools = try! ToolsExample.shared.get()
    let folder = try! TemporaryFolder()

    private func split(_ name: String, _ numpy: String) throws -> CommandResult {
        try Python.run(
            "import numpy as n, sys; a = n.load(sys.argv[1]); n.save(sys.argv[2], \(numpy))",
            [tools.folder.file("squares-shifted.npy"), folder.file("\(name).npy")])
        return try Command.run(
            "convlstm-shard", ["split", "\(name).npy", "--layout", "sequences-first", "--test", "4"],
            directory: folder.path)
    }

    private func commands(_ name: String) -> [[String]] {
        let data = ["--checkpoint", tools.run, "--data", folder.file("\(name).shards")]
        return [
            ["evaluate"] + data,
            ["predict", "--sequence", "0", "--output", folder.file("p-\(UUID().uuidString)")] + data,
        ]
    }

    /// The network was trained on values from 0 to 1.
    @Test(arguments: [
        ("bytes", "(255 * a).astype('u1')", "between 0.0 and 255.0"),
        ("dbz", "(a * 102 - 32).astype('f4')", "between -32.0 and 70.0"),
        ("tiny", "(a / 255).astype('f4')", "between 0.0 and 0.003"),
    ])
    func anotherRangeIsWarnedOf(name: String, numpy: String, phrase: String) throws {
        #expect(try split(name, numpy).status == 0)
        for command in commands(name) {
            let result = try tools.dist(command)
            #expect(result.status == 0 && result.stderr.contains("warning: the values of "), "\(result)")
            #expect(result.stderr.contains(phrase), "\(result.stderr)")
            #expect(result.stderr.contains("trained on values from 0.0 to 1.0"), "\(result.stderr)")
        }
    }

    @Test func theSameRangeIsNot() throws {
        #expect(try split("same", "a").status == 0)
        for command in commands("same") { #expect(try !tools.dist(command).stderr.contains("warning"), "\(command)") }
    }

    @Test func bytesThatHardlyDifferAreToldOfAtOnce() throws {
        let mask = try split("mask", "(a > 0.5).astype('u1')")
        let sentence = "mask.shards: its values are 0 to 1, and uint8 is trained on as 0 to 255"
        #expect(mask.status == 0 && mask.stdout.contains(sentence), "\(mask)")
        #expect(try split("classes", "(a * 12 + 200).astype('u1')").stdout.contains("its values are 200 to 212"))
        #expect(try !split("pictures", "(a * 255).astype('u1')").stdout.contains("its values"))
        #expect(try !split("unit", "a").stdout.contains("its values"))
    }
}
