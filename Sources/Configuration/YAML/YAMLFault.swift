// Explains in a sentence why a text is not valid YAML. The choice: Yams' own descriptions quote the text, all of it for
// a duplicate key; ours name the line and quote the key.

import Foundation
import Platform
import Yams

/// The problem that Yams found in a text.
struct YAMLFault {
    private let error: any Error
    private let text: String
    private let file: String

    init(_ error: any Error, in text: String, of file: String) {
        (self.error, self.text, self.file) = (error, text, file)
    }

    /// A usage error with the file and the line.
    var explained: TrainingError { .usage("\(file)\(sentence)") }

    private var sentence: String {
        guard let error = error as? YamlError else { return " is not YAML: \("\(error)".quotable(100)); correct it" }
        switch error {
        case .duplicatedKeysInMapping(let keys, let context):
            return twice(keys.first ?? "a key", context.mark)
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return malformed(context: context?.text, problem: problem, at: mark)
        case .reader(let problem, let offset, _, _):
            let line = offset.map { text.prefix($0).count { $0.isNewline } + 1 }
            return
                "\(line.map { ", line \($0)," } ?? "") is not YAML: \(problem.quotable()); remove them, or name another file"
        default:
            return " is not YAML: \("\(error)".quotable(100)); correct it"
        }
    }

    /// The lines of the text, for any kind of line break.
    private var lines: [Substring] { text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) }

    private func malformed(context: String?, problem: String, at mark: Mark) -> String {
        let line = lines.dropFirst(max(0, mark.line - 1)).first ?? ""
        if problem.contains("nesting") {
            return
                ", line \(mark.line), is not a description: its lists or mappings are more than 1000 deep within one "
                + "another; name another file"
        }
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return ", line \(mark.line), is not YAML: a tab stands where only blanks may; write blanks in its place"
        }
        let place = context.map { " \($0.quotable())" } ?? ""
        return ", line \(mark.line), is not YAML: \(problem.quotable())\(place); correct it"
    }

    /// - Parameter first: the position of the key's first occurrence.
    private func twice(_ key: String, _ first: Mark) -> String {
        let name = key.quotable()
        guard let second = line(ofNext: key, after: first) else {
            return ", line \(first.line): \(name) stands there twice; leave one of the two out"
        }
        let before = second == first.line ? "twice" : "twice (first in line \(first.line))"
        return ", line \(second): \(name) stands there \(before); leave one of the two out"
    }

    /// The line of the key's second occurrence: in the same column, as for keys of one mapping, or else anywhere after
    /// a brace.
    private func line(ofNext key: String, after first: Mark) -> Int? {
        let lines = lines
        guard first.line >= 1, first.line <= lines.count else { return nil }
        func isKey(_ text: Substring) -> Bool {
            let names = [key, "\"\(key)\"", "'\(key)'"]
            return names.contains { text.hasPrefix($0) && text.dropFirst($0.count).drop { $0 == " " }.first == ":" }
        }
        for number in first.line..<lines.count where isKey(lines[number].dropFirst(first.column - 1)) {
            return number + 1
        }
        for number in (first.line - 1)..<lines.count {
            var rest = number == first.line - 1 ? lines[number].dropFirst(first.column) : lines[number]
            while let place = rest.firstIndex(where: { $0 == "," || $0 == "{" }) {
                rest = rest[place...].dropFirst().drop { $0 == " " }
                if isKey(rest) { return number + 1 }
            }
            if number > first.line - 1, isKey(lines[number].drop { $0 == " " }) { return number + 1 }
        }
        return nil
    }
}
