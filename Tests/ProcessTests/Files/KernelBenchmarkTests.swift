import Foundation
import TestSupport
import Testing

/// The package of Benchmarks/KernelBenchmarks, built and run as Docs/HowTo/measure-speed.md says, on a few of its
/// benchmarks.
///
/// Building it takes minutes, because the kernels and the benchmark tool are compiled again. So this test runs only if
/// KERNEL_BENCHMARKS is set; `KernelWorkloadTests` always runs the benchmarked code.
@Suite struct KernelBenchmarkTests {
    private static let isAskedFor = ProcessInfo.processInfo.environment["KERNEL_BENCHMARKS"] != nil

    @Test(.enabled(if: isAskedFor)) func everyKindPrintsARate() throws {
        let lines = try Repository.text(of: "Docs/HowTo/measure-speed.md").components(separatedBy: "\n")
        let start = "    swift package --package-path Benchmarks/KernelBenchmarks"
        let command = try #require(lines.first { $0.hasPrefix(start) })
        let words = command.split(separator: " ").map(String.init)
        let names = [
            "product V U, keras-stack 40+40->160", "input transform, keras-stack 40+40->160",
            "gates both ways, keras-stack 40", "update, Adam", "all-reduce, 2 ranks, neural-scene",
        ]
        let filters = names.flatMap { ["--filter", NSRegularExpression.escapedPattern(for: $0)] }
        let result = try Command.run(
            words[0], words.dropFirst() + ["--no-progress"] + filters,
            environment: Mpirun.rootIsWelcome.merging(["CONVLSTM_DIST": Command.path(of: "convlstm-dist")]) { $1 },
            directory: Repository.path, timeout: 1500)
        try #require(result.status == 0, "\(result)")
        for name in names {
            let row = result.stdout.split(separator: "\n").first { $0.contains(name) }
            let cells = try #require(row, "\(name): \(result.stdout)").split(separator: "│")
            let median = cells.dropFirst(3).first.flatMap { Int($0.filter { $0 != " " }) }
            #expect(try #require(median, "\(cells)") > 0)
        }
        #expect(result.stdout.contains("% of the rate of a copy"))
    }

    /// The main package must not depend on the benchmark tool.
    @Test func theProgramDoesNotDependOnTheTool() throws {
        #expect(try !Repository.text(of: "Package.swift").contains("ordo-one"))
        #expect(try Repository.text(of: "Benchmarks/KernelBenchmarks/Package.swift").contains("traits: []"))
    }
}
