// The file of a tree: the prefix of its errors, and the record of what was read from it.

import Formats
import Foundation
import Platform
import Yams

/// The file of a tree.
final class TreeSource {
    /// The file name for errors.
    let file: String

    /// The mappings of the values decoded so far, with the keys that were asked for.
    var read: [TreeMapping] = []

    init(file: String) { self.file = file }

    /// A usage error about a node.
    func error(_ node: Node?, _ sentence: String) -> TrainingError {
        let line = node?.mark.map { ", line \($0.line)" } ?? ""
        return .usage("\(file)\(line): \(sentence)")
    }

    func wrongKind(_ node: Node, _ path: [any CodingKey], wanted: String) -> TrainingError {
        error(node, "\(Self.name(path)) has a value of the wrong kind; it must be \(wanted)")
    }

    /// A key path in the usual notation, such as `network.encoder[1].convLSTM`.
    static func name(_ path: [any CodingKey]) -> String {
        let name = path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue.quotable()
        }
        return name.isEmpty ? "the file" : name
    }
}

/// A mapping from which a value was read, and the keys that its type asked for.
final class TreeMapping {
    typealias Entry = (key: String, value: Node)

    let node: Node
    let entries: [Entry]
    let path: [any CodingKey]

    /// The requested keys, in the order of the requests.
    private(set) var asked: [String] = []

    /// The keys of which exactly one must be present, if the type is one of several alternatives.
    private var alternatives: [String] = []

    private var isKnown: [(String) -> Bool] = []

    init(node: Node, entries: [Entry], path: [any CodingKey]) {
        (self.node, self.entries, self.path) = (node, entries, path)
    }

    subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }

    /// Registers the keys by which a type reads the mapping.
    func add<Key: CodingKey>(_ type: Key.Type) {
        isKnown.append { Key(stringValue: $0) != nil }
        func names<Keys: CaseIterable>(_ type: Keys.Type) -> [String] {
            type.allCases.compactMap { ($0 as? any CodingKey)?.stringValue }
        }
        if let type = type as? any CaseIterable.Type { alternatives += names(type) }
    }

    func ask(_ key: any CodingKey) {
        if !asked.contains(key.stringValue) { asked.append(key.stringValue) }
    }

    /// Throws unless every key was asked for, and exactly one of the alternatives is present.
    func requireAllWanted(in source: TreeSource) throws {
        for (key, _) in entries where !asked.contains(key) && !alternatives.contains(key) {
            throw unknown(key, in: source)
        }
        if let error = choiceError(in: source) { throw error }
    }

    /// The error for an unknown key, when decoding failed because another key is missing.
    func strayError(in source: TreeSource) -> TrainingError? {
        let strays = entries.map(\.key).filter { name in !isKnown.contains { $0(name) } }
        let stray = alternatives.isEmpty ? strays.first { nearest(to: $0, among: asked) != nil } : strays.first
        return stray.map { unknown($0, in: source) }
    }

    /// The error if none or several of the alternatives are present.
    func choiceError(in source: TreeSource) -> TrainingError? {
        let chosen = entries.map(\.key).filter(alternatives.contains)
        guard !alternatives.isEmpty, chosen.count != 1 else { return nil }
        let found = chosen.isEmpty ? "says nothing of what it is" : "is \(chosen.joined(separator: " and ")) at once"
        return source.error(
            node, "\(TreeSource.name(path)) \(found); it takes one of the keys \(alternatives.joined(separator: ", "))")
    }

    private func unknown(_ key: String, in source: TreeSource) -> TrainingError {
        let names = asked + alternatives.filter { !asked.contains($0) }
        let prefix = path.isEmpty ? "" : TreeSource.name(path) + "."
        let advice =
            nearest(to: key, among: names).map { "did you mean \(prefix)\($0)?" }
            ?? "the keys there are: \(names.joined(separator: ", "))"
        let mark = node.mapping?.keys.first { $0.string == key } ?? node
        return source.error(mark, "there is no key \(prefix)\(key.quotable()); \(advice)")
    }
}
