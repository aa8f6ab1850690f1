// Decodes a YAML tree into values of any Decodable type. The choice: it records which keys a type asks for, so that
// unknown keys are detected at every depth without a list of names beside the types.
//
// Two rules keep files short. A word stands for a mapping of that one key to nothing: `schedule: constant`. And a type
// whose keys are `CaseIterable` is one of several alternatives, which an error message can then list.

import Formats
import Platform
import Yams

/// A node of a tree, from which a value is decoded.
final class TreeDecoder: Decoder {
    let node: Node
    let codingPath: [any CodingKey]
    let source: TreeSource
    let userInfo: [CodingUserInfoKey: Any] = [:]

    /// The mappings from which the value was read: the node itself, and payloads within it.
    private(set) var mappings: [TreeMapping] = []

    /// - Throws: a usage error with file, line and key path, and with a correction.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from node: Node, at path: [any CodingKey] = [], of source: TreeSource
    ) throws -> Value {
        let decoder = TreeDecoder(node, at: path, of: source)
        if let type = type as? any ScalarConstructible.Type { return try decoder.scalar(type) as! Value }
        if let choices = namedCases(of: type) { try decoder.requireWord(among: choices) }
        do {
            let value = try Value(from: decoder)
            for mapping in decoder.mappings { try mapping.requireAllWanted(in: source) }
            source.read += decoder.mappings
            return value
        } catch let error as TrainingError {
            throw error
        } catch {
            throw decoder.explained(error)
        }
    }

    private init(_ node: Node, at path: [any CodingKey], of source: TreeSource) {
        (self.node, codingPath, self.source) = (node, path, source)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try container(of: node, at: codingPath)
    }

    /// The mapping that a node is, or for which a word stands.
    func container<Key: CodingKey>(of node: Node, at path: [any CodingKey]) throws -> KeyedDecodingContainer<Key> {
        guard let entries = node.entries(ofWord: Key.self is any CaseIterable.Type) else {
            throw source.wrongKind(node, path, wanted: "a mapping of keys to values")
        }
        let mapping = self.mapping(node, entries, at: path)
        mapping.add(Key.self)
        return KeyedDecodingContainer(TreeKeys<Key>(decoder: self, mapping: mapping))
    }

    private func mapping(_ node: Node, _ entries: [TreeMapping.Entry], at path: [any CodingKey]) -> TreeMapping {
        if let known = mappings.first(where: { TreeSource.name($0.path) == TreeSource.name(path) }) { return known }
        let mapping = TreeMapping(node: node, entries: entries, path: path)
        mappings.append(mapping)
        return mapping
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try TreeElements(of: node, at: codingPath, source: source)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { TreeValue(decoder: self) }

    private func scalar<Value: ScalarConstructible>(_ type: Value.Type) throws -> Value {
        // YAML 1.1 reads 1:30 as ninety, and Yams traps on a large number of that form.
        let isSexagesimal = type != String.self && node.scalar?.string.contains(":") == true
        guard let scalar = node.scalar, !node.isNull, !isSexagesimal, let value = type.construct(from: scalar) else {
            throw source.wrongKind(node, codingPath, wanted: Self.inWords(type))
        }
        guard (value as? Double)?.isFinite ?? true, (value as? Float)?.isFinite ?? true else {
            throw source.error(
                node, "\(TreeSource.name(codingPath)) is \(scalar.string.quotable()); give a finite number")
        }
        return value
    }

    private static func inWords(_ type: Any.Type) -> String {
        switch type {
        case is any UnsignedInteger.Type: "a whole number from 0"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is Bool.Type: "true or false"
        default: "text"
        }
    }
}

// Enumerations without payloads

extension TreeDecoder {
    /// The words of an enumeration without payloads; nil for other types.
    private static func namedCases(of type: Any.Type) -> [String]? {
        func words<Words: CaseIterable & RawRepresentable>(_ type: Words.Type) -> [String]? {
            let words = type.allCases.compactMap { $0.rawValue as? String }
            return words.isEmpty ? nil : words
        }
        return (type as? any (CaseIterable & RawRepresentable).Type).flatMap { words($0) }
    }

    private func requireWord(among choices: [String]) throws {
        let text = node.scalar?.string
        if let text, choices.contains(text) { return }
        let advice = text.flatMap { nearest(to: $0, among: choices) }.map { "did you mean \($0)? " } ?? ""
        let found = text.map { "is \($0.quotable())" } ?? "is no word"
        throw source.error(
            node, "\(TreeSource.name(codingPath)) \(found); \(advice)choose one of: \(choices.joined(separator: ", "))")
    }
}

// Explanations of the errors that types throw

extension TreeDecoder {
    private func explained(_ error: any Error) -> TrainingError {
        if let stray = mappings.lazy.compactMap({ $0.strayError(in: self.source) }).first { return stray }
        if let choice = mappings.lazy.compactMap({ $0.choiceError(in: self.source) }).first { return choice }
        guard let error = error as? DecodingError else { return source.error(node, "\(error)".quotable(200)) }
        switch error {
        case .keyNotFound(let key, let context):
            return source.error(node, "\(TreeSource.name(context.codingPath + [key])) is missing; add it")
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            let name = TreeSource.name(context.codingPath), reason = context.debugDescription.quotable(120)
            return source.error(node, "\(name) has an impossible value (\(reason)); correct it")
        @unknown default:
            return source.error(node, "\(error)".quotable(200))
        }
    }
}

extension Node {
    /// Whether the node is `null` or empty.
    var isNull: Bool { null != nil }

    /// The entries of a mapping, or of a word that may stand for one; empty for an empty node.
    fileprivate func entries(ofWord isWord: Bool) -> [TreeMapping.Entry]? {
        if isNull { return [] }
        if let word = scalar { return isWord ? [(word.string, Node("null", Tag(.null), .plain))] : nil }
        return mapping?.map { ($0.key.string ?? "?", $0.value) }
    }
}
