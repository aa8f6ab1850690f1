import Foundation
import TestSupport
import Testing

/// CONTRIBUTING.md against the repository: what it names is there, and its commands find tests.
@Suite struct ContributingTests {
    private let text: String

    init() throws { text = try Repository.text(of: "CONTRIBUTING.md") }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: Repository.path + path) }

    /// Paths with a placeholder in capitals stand for files that do not exist yet.
    @Test func everyFileThatIsNamedIsThere() {
        let paths = text.matches(of: /`((?:Sources|Tests|Docs|Launch)\/[\w.\/+-]+)`/).map { String($0.1) }
        #expect(paths.count > 40)
        for path in paths where !path.contains("NAME") && !path.contains("TARGET") {
            #expect(exists(path), "\(path)")
        }
    }

    /// Each command with `--unit` names a target of tests, and each `--filter` a suite in it.
    @Test func everyCommandFindsTests() throws {
        let commands = text.matches(of: /(?m)^ +Launch\/test((?: --\w+ \w+)*)/).map { String($0.1) }
        #expect(commands.count > 15)
        for command in commands {
            let words = command.split(separator: " ")
            func value(_ option: String) -> Substring? {
                words.firstIndex(of: Substring(option)).map { words[words.index(after: $0)] }
            }
            let folder = value("--unit").map { "Tests/\($0)" } ?? "Tests"
            #expect(exists(folder), "\(command)")
            guard let filter = value("--filter") else { continue }
            let files = try FileManager.default.subpathsOfDirectory(atPath: Repository.path + folder)
            #expect(files.contains { $0.hasSuffix(".swift") && $0.contains(filter) }, "\(command)")
        }
    }

    /// A target that does not exist is refused with those that do.
    @Test func anUnknownTargetIsRefused() throws {
        let result = try Command.run("bash", [Repository.path + "Launch/test", "--unit", "NoTests"], timeout: 60)
        #expect(result.status == 2 && result.stderr.contains("there is no Tests/NoTests"), "\(result)")
        #expect(result.stderr.contains("ModelTests"), "\(result)")
    }
}
