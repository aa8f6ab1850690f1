import Foundation
import TestSupport
import Testing

/// The library's pages: DocC makes them, they cover every public symbol, and the programs on them are Swift.
@Suite struct LibraryDocumentationTests {
    /// The modules of this build.
    private static let modules = URL(fileURLWithPath: Command.path(of: "convlstm-distPackageTests.xctest"))
        .deletingLastPathComponent().appendingPathComponent("Modules").path

    private static let catalog = "Sources/ConvLSTM/ConvLSTM.docc/"

    /// A symbol as the compiler lists it.
    private struct Symbol: Decodable {
        var pathComponents: [String]
        var docComment: Comment?

        /// nil for what the compiler adds by itself.
        var location: Location?

        struct Comment: Decodable { var lines: [Line] }
        struct Line: Decodable { var text: String }
        struct Location: Decodable { var uri: String }

        var name: String { pathComponents.joined(separator: ".") }
        var text: String { docComment?.lines.map(\.text).joined(separator: "\n") ?? "" }
    }

    private struct Graph: Decodable { var symbols: [Symbol] }

    /// A link to a symbol or an article that is not there fails, too.
    @Test func everyPublicSymbolHasAPage() throws {
        let folder = try TemporaryFolder()
        let made = try Command.run(
            Repository.path + "Launch/documentation", [folder.path, Self.modules], directory: Repository.path)
        try #require(made.status == 0, "\(made.stdout)\(made.stderr)")
        let graph = try JSONDecoder().decode(
            Graph.self, from: Data(folder.bytes(of: "symbols/ConvLSTM.symbols.json")))
        let symbols = graph.symbols.filter { $0.location != nil }
        #expect(symbols.count > 45)
        for symbol in symbols {
            let text = symbol.text, first = text.prefix { $0 != "\n" }
            #expect(text.contains("."), "\(symbol.name): \(first)")
            #expect(first.first?.isUppercase == true, "\(symbol.name): \(first)")
        }
        let pages = try FileManager.default.subpathsOfDirectory(atPath: folder.file("pages/documentation/convlstm"))
        #expect(
            pages.contains("trainandforecast/index.html") && pages.contains("trainer/step(inputs:targets:)/index.html"))
    }

    /// What throws says what it throws for.
    @Test func everyErrorIsDocumented() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path + "Sources/ConvLSTM")
        var throwing = 0
        for file in files where file.hasSuffix(".swift") {
            let text = try Repository.text(of: "Sources/ConvLSTM/" + file)
            for match in text.matches(
                of: /((?:    \/\/\/[^\n]*\n)+)(?:    @\w+\n)*    public (?:func|init)[^{]*throws[^{]*\{/)
            {
                #expect(match.1.contains("- Throws: ``ConvLSTMError`` if "), "\(file): \(match.0)")
                throwing += 1
            }
        }
        #expect(throwing == 11)
    }

    /// The programs of the pages compile against what is public, each page from its first line to its last.
    @Test(arguments: [catalog + "TrainAndForecast.md", catalog + "ConvLSTM.md", "Docs/HowTo/library.md"])
    func theProgramsOfAPageCompile(page: String) throws {
        let text = try Repository.text(of: page), folder = try TemporaryFolder()
        let blocks = text.matches(of: /(?s)```swift\n(.*?)```/).map { String($0.1) }.filter {
            !$0.contains("// Package")
        }
        #expect(!blocks.isEmpty)
        let given =
            page.hasSuffix("ConvLSTM.md")
            ? "let clips = try VideoBatch([0], shape: [1, 1, 1, 1, 1]), newest = clips\n" : "let pixels: [UInt8] = []\n"
        try folder.write(Array("import ConvLSTM\n\(given)\(blocks.joined(separator: "\n"))".utf8), to: "main.swift")
        let maps = try FileManager.default.subpathsOfDirectory(atPath: Repository.path + "Sources")
            .filter { $0.hasSuffix("module.modulemap") }
        let compiled = try Command.run(
            "swiftc",
            [
                "-typecheck", "-swift-version", "6", "-package-name", "another", "-I", Self.modules,
                folder.file("main.swift"),
            ]
                + maps.flatMap { ["-Xcc", "-fmodule-map-file=\(Repository.path)Sources/\($0)"] })
        #expect(compiled.status == 0, "\(compiled.stderr)")
    }
}
