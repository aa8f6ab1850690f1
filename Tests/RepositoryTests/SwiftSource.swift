// A Swift file reduced to its names: the modules it imports, the types it declares and the types it mentions.

import Foundation

struct SwiftSource {
    /// The path below `Sources`, such as `Model/Layers/Layer.swift`.
    let path: String
    let imports: Set<String>

    /// The top-level types that it declares for other files.
    let declared: Set<String>

    /// Every capitalized name in its code.
    let named: Set<String>

    /// The part of the path that is a target's name.
    var target: String { String(path.prefix { $0 != "/" }) }

    /// The folder within the target; empty for files directly in the target.
    var folder: String { path.split(separator: "/").dropFirst().dropLast().joined(separator: "/") }

    init(path: String, text: String) {
        self.path = path
        let code = Self.code(of: text)
        imports = Set(code.matches(of: /(?m)^(?:package )?import (\w+)/).map { String($0.1) })
        named = Set(code.matches(of: /\b[A-Z]\w*/).map { String($0.0) })
        var declared: Set<String> = [], depth = 0
        for line in code.split(separator: "\n") {
            let match = line.firstMatch(of: /\b(?:struct|class|enum|protocol|typealias) ([A-Z]\w*)/)
            if depth == 0, !line.contains("private "), let match { declared.insert(String(match.1)) }
            depth += line.count { $0 == "{" } - line.count { $0 == "}" }
        }
        self.declared = declared
    }

    /// The text without comments, and without strings except for the code interpolated in them.
    private static func code(of text: String) -> String {
        let text = Array(text.utf8)
        var code: [UInt8] = [], at = 0
        /// For each open string, whether it has three quotes; and the open brackets of its interpolation.
        var strings: [(isLong: Bool, brackets: Int)] = []
        func has(_ word: String) -> Bool { text[at...].starts(with: word.utf8) }
        while at < text.count {
            if let string = strings.last, string.brackets == 0 {
                if has("\\(") {
                    strings[strings.count - 1].brackets = 1
                    code.append(UInt8(ascii: " "))
                    at += 2
                } else if has(string.isLong ? "\"\"\"" : "\"") {
                    strings.removeLast()
                    at += string.isLong ? 3 : 1
                } else {
                    at += has("\\") ? 2 : 1
                }
            } else if has("//") {
                while at < text.count, !has("\n") { at += 1 }
            } else if has("\"") {
                let isLong = has("\"\"\"")
                strings.append((isLong, 0))
                at += isLong ? 3 : 1
            } else {
                if !strings.isEmpty { strings[strings.count - 1].brackets += has("(") ? 1 : has(")") ? -1 : 0 }
                code.append(text[at])
                at += 1
            }
        }
        return String(decoding: code, as: UTF8.self)
    }

    /// All files below `Sources`.
    static func all(in folder: String) throws -> [SwiftSource] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        return try paths.sorted().map {
            SwiftSource(path: $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
        }
    }
}
