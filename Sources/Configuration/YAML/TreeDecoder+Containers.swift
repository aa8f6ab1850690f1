// The three containers through which Codable reads a node of a tree: by keys, as a list, and as a single value.

import Yams

/// A mapping, read by the keys of a type.
struct TreeKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: TreeDecoder
    let mapping: TreeMapping

    var codingPath: [any CodingKey] { mapping.path }
    var allKeys: [Key] { mapping.entries.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool {
        mapping.ask(key)
        return mapping[key.stringValue] != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool { try child(key).isNull }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try TreeDecoder.decode(type, from: child(key), at: codingPath + [key], of: decoder.source)
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        try decoder.container(of: child(key), at: codingPath + [key])
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try TreeElements(of: child(key), at: codingPath + [key], source: decoder.source)
    }

    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }

    private func child(_ key: Key) throws -> Node {
        mapping.ask(key)
        guard let child = mapping[key.stringValue] else {
            throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: codingPath, debugDescription: ""))
        }
        return child
    }
}

/// A list, read element by element.
struct TreeElements: UnkeyedDecodingContainer {
    let codingPath: [any CodingKey]
    private let nodes: Node.Sequence
    private let source: TreeSource
    private(set) var currentIndex = 0

    init(of node: Node, at path: [any CodingKey], source: TreeSource) throws {
        guard let nodes = node.sequence else { throw source.wrongKind(node, path, wanted: "a list") }
        (self.nodes, codingPath, self.source) = (nodes, path, source)
    }

    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex == nodes.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, nodes[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        precondition(!isAtEnd, "more elements read than there are")
        defer { currentIndex += 1 }
        let path = codingPath + [Place(intValue: currentIndex)]
        return try TreeDecoder.decode(type, from: nodes[currentIndex], at: path, of: source)
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        preconditionFailure("lists are read as values")
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
        preconditionFailure("lists are read as values")
    }

    mutating func superDecoder() -> any Decoder { preconditionFailure("lists are read as values") }

    private struct Place: CodingKey {
        let number: Int
        init(intValue: Int) { number = intValue }
        init?(stringValue: String) { nil }
        var intValue: Int? { number }
        var stringValue: String { "\(number)" }
    }
}

/// A single value.
struct TreeValue: SingleValueDecodingContainer {
    let decoder: TreeDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }
    func decodeNil() -> Bool { decoder.node.isNull }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try TreeDecoder.decode(type, from: decoder.node, at: codingPath, of: decoder.source)
    }
}
