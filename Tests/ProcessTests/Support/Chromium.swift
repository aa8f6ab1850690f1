// Chromium without a window, which opens pages as people's browsers do.

import Foundation
import TestSupport
import Testing

enum Chromium {
    static let isThere = (try? Command.run("chromium", ["--version"]))?.status == 0

    /// What a page became, and what it complained of.
    struct Visit {
        /// The document as it stands in the end.
        let document: String

        /// The messages in its console.
        let console: [String]
    }

    /// Opens a page, runs a script when it is loaded, and lets `milliseconds` pass there.
    static func visit(_ page: String, script: String, milliseconds: Int = 3000) throws -> Visit {
        let folder = try TemporaryFolder()
        let html = try String(contentsOfFile: page, encoding: .utf8) + "<script>\(script)</script>"
        let path = try folder.write(Array(html.utf8), to: "page.html")
        let result = try Command.run(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.file("profile"))",
                "--enable-logging=stderr", "--virtual-time-budget=\(milliseconds)", "--dump-dom", "file://\(path)",
            ])
        try #require(result.status == 0, "\(result.stderr)")
        return Visit(
            document: result.stdout,
            console: result.stderr.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init))
    }
}

extension Trait where Self == ConditionTrait {
    static var inChromium: Self { .enabled(if: Chromium.isThere, "needs Debian's chromium") }
}
