import Foundation
import TestSupport
import Testing

/// The package of Examples/NextFrames.
///
/// Building it takes minutes, because kernels and networks are compiled again. So its program is a target of this package as
/// well, which sees only what is public; the package itself is built only if EXAMPLES is set.
@Suite struct ExamplePackageTests {
    private static let isAskedFor = ProcessInfo.processInfo.environment["EXAMPLES"] != nil

    private let page: [String]

    init() throws { page = try Repository.text(of: "Docs/HowTo/library.md").components(separatedBy: "\n") }

    @Test func theForecastBeatsTheLastFrame() throws {
        try check(Command.run("next-frames", timeout: 300))
    }

    /// The command of the page, in a package that knows this one by its path.
    @Test(.enabled(if: isAskedFor)) func thePackageIsBuiltAsThePageSays() throws {
        let command = try #require(page.first { $0.hasPrefix("    $ swift run") })
        try check(swift(command.split(separator: " ").dropFirst(2).map(String.init)))
    }

    /// The package is complete, and finds the product that it names.
    @Test func thePackageFindsItsProduct() throws {
        let folder = try TemporaryFolder()
        let found = try swift([
            "package", "--package-path", "Examples/NextFrames", "--scratch-path", folder.path, "show-executables",
        ])
        #expect(found.status == 0 && found.stdout.hasPrefix("NextFrames\n"), "\(found)")
    }

    /// Runs the package manager, for which CONVLSTM_TESTS would leave no product.
    private func swift(_ arguments: [String]) throws -> CommandResult {
        try Command.run(
            "env", ["-u", "CONVLSTM_TESTS", "swift"] + arguments, directory: Repository.path, timeout: 1500)
    }

    /// What the program printed: a loss that falls, a forecast that beats the last frame, and the lines that the page shows.
    private func check(_ result: CommandResult) throws {
        try #require(result.status == 0, "\(result)")
        let printed = result.stdout.split(separator: "\n").map { $0.split(separator: ":") }
        let numbers = try printed.map { try #require(Double($0[1].trimmingCharacters(in: .whitespaces)), "\($0)") }
        try #require(numbers.count == 8, "\(result.stdout)")
        #expect(numbers[5] < numbers[0] * 0.7, "\(result.stdout)")
        #expect(numbers[6] < numbers[7] / 2, "\(result.stdout)")
        for line in printed { #expect(page.contains { $0.hasPrefix("    \(line[0]):") }, "\(line)") }
    }
}
