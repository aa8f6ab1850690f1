import Foundation
import TestSupport
import Testing

/// The module boundaries: which target imports which, and within a target which folder uses which, checked against
/// the tables of Docs/Architecture.md.
@Suite struct ArchitectureTests {
    /// Read once for all tests.
    private static let all = Result { try SwiftSource.all(in: Repository.path + "Sources") }

    private let sources: [SwiftSource]

    /// The rows of the document's tables: the first cell without its quotes, and the quoted names of the last.
    private let rows: [(name: String, uses: Set<String>)]

    init() throws {
        sources = try Self.all.get()
        rows = try Repository.text(of: "Docs/Architecture.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard let name = line.wholeMatch(of: /\| `([\w\/-]+)` \|.*/)?.1, cells.count == 5 else { return nil }
            return (String(name), Set(cells[3].matches(of: /`([\w\/-]+)`/).map { String($0.1) }))
        }
    }

    private var targets: [String: [SwiftSource]] { Dictionary(grouping: sources, by: \.target) }

    /// The modules of this repository: targets in Swift, and system libraries.
    private var modules: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: Repository.path + "Sources")) }
    }

    @Test func everyTargetImportsWhatTheTableSays() throws {
        let modules = try modules, table = rows.filter { !$0.name.contains("/") }
        #expect(Set(table.map(\.name)) == modules && table.count == modules.count)
        for (target, files) in targets {
            let imports = files.reduce(into: Set()) { $0.formUnion($1.imports) }.intersection(modules)
            let row = table.first { $0.name == target }
            #expect(row?.uses == imports, "\(target): \(imports.sorted()), in the table \(row?.uses.sorted() ?? [])")
        }
    }

    /// No target imports one that is listed below it.
    @Test func targetsAreInImportOrder() {
        var above: Set<String> = []
        for (name, uses) in rows where !name.contains("/") {
            #expect(uses.isSubset(of: above), "\(name) imports \(uses.subtracting(above).sorted())")
            above.insert(name)
        }
    }

    @Test func everyFolderUsesWhatTheTableSays() {
        let table = rows.filter { $0.name.contains("/") }
        var folders: Set<String> = []
        for (target, files) in targets {
            for (folder, uses) in Self.uses(files) where !folder.isEmpty {
                folders.insert("\(target)/\(folder)")
                let row = table.first { $0.name == "\(target)/\(folder)" }
                let known = uses.subtracting([""])
                #expect(row?.uses == known, "\(target)/\(folder): \(known.sorted()), \(row?.uses.sorted() ?? [])")
            }
        }
        #expect(Set(table.map(\.name)) == folders && table.count == folders.count)
    }

    @Test func noFoldersOfATargetFormACircle() {
        for (target, files) in targets {
            var open = Self.uses(files)
            while let free = open.first(where: { $0.value.allSatisfy { open[$0] == nil } }) { open[free.key] = nil }
            #expect(open.isEmpty, "a circle in \(target): \(open.keys.sorted())")
        }
    }

    @Test func foldersAreSmall() {
        for (folder, files) in Dictionary(grouping: sources, by: { "\($0.target)/\($0.folder)" }) {
            #expect(files.count <= 15, "\(folder) has \(files.count) files")
        }
    }

    /// A C library is imported by one Swift target only; `CProcessor` is a header of this repository.
    @Test func everyLibraryHasOneImporter() throws {
        for library in try modules where library.hasPrefix("C") && library != "CProcessor" {
            let folder = Repository.path + "Sources/\(library)"
            guard FileManager.default.fileExists(atPath: folder + "/module.modulemap") else { continue }
            let importers = Set(sources.filter { $0.imports.contains(library) }.map(\.target))
            #expect(importers.count == 1, "\(library) is imported by \(importers.sorted())")
        }
    }

    /// The tests of a target have the same folders as the target.
    @Test func testsMirrorTheSources() throws {
        for target in targets.keys {
            let tests = Repository.path + "Tests/\(target)Tests"
            guard FileManager.default.fileExists(atPath: tests) else { continue }
            let known = Set(sources.filter { $0.target == target }.map(\.folder))
            for path in try FileManager.default.subpathsOfDirectory(atPath: tests) where path.hasSuffix(".swift") {
                let folder = path.split(separator: "/").dropLast().joined(separator: "/")
                #expect(folder.isEmpty || known.contains(folder), "\(target)Tests/\(path) mirrors no folder")
            }
        }
    }

    /// For each folder of a target, the other folders whose types its files use.
    private static func uses(_ files: [SwiftSource]) -> [String: Set<String>] {
        var home: [String: String] = [:]
        for file in files { for type in file.declared { home[type] = home[type] ?? file.folder } }
        return files.reduce(into: [:]) { uses, file in
            uses[file.folder, default: []].formUnion(file.named.compactMap { home[$0] }.filter { $0 != file.folder })
        }
    }
}
