import Foundation
import TestSupport
import Testing

/// Launch/fuzz, which builds the fuzzer and runs it.
@Suite struct FuzzScriptTests {
    /// Building the fuzzer takes minutes, so that it is run only where FUZZ is set.
    private static let isAskedFor = ProcessInfo.processInfo.environment["FUZZ"] != nil

    private func fuzz(_ arguments: [String], timeout: Double = 60) throws -> CommandResult {
        try Command.run("bash", [Repository.path + "Launch/fuzz"] + arguments, timeout: timeout)
    }

    @Test(arguments: [
        (["nothing"], "there is no reader nothing; choose one of: checkpoint-index configuration events idx"),
        (["npy", "--executions", "many"], "Usage: Launch/fuzz [READER] [--executions NUMBER]"),
        (["--executions"], "Usage: Launch/fuzz"), (["npy", "png"], "Usage: Launch/fuzz"),
    ]) func whatItCannotDoIsRefused(arguments: [String], words: String) throws {
        let result = try fuzz(arguments)
        #expect(result.status == 2 && result.stderr.contains(words), "\(result)")
    }

    @Test(.enabled(if: isAskedFor, "builds the fuzzer; set FUZZ to run it")) func itEndsWithASentence() throws {
        let result = try fuzz(["python-literal", "--executions", "5000"], timeout: 3000)
        #expect(result.status == 0 && result.stdout.contains("executions in "), "\(result)")
        #expect(result.stdout.contains(" s, findings: 0; "), "\(result)")
    }
}
