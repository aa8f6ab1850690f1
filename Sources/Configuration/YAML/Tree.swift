// Values as readable YAML. The choice: they are encoded completely, then the tree is shortened by rules for all types:
// 0.5 for 5e-1, `constant` for `constant: {}`, and small mappings on one line.

import Yams

/// The tree of a value in a YAML document.
enum Tree {
    /// Parses a document, whose top level must be a mapping; an empty document has no keys.
    ///
    /// Throws a usage error that names the file.
    static func parsed(_ yaml: String, file: String) throws -> Node {
        let root: Node
        do {
            root = try Yams.compose(yaml: yaml) ?? Node([(Node, Node)]())
        } catch {
            throw YAMLFault(error, in: yaml, of: file).explained
        }
        guard root.mapping != nil else {
            throw TrainingError.usage("\(file) holds no keys; write lines such as `epochs: 20`")
        }
        return yaml.contains("<<") ? try MergeKeys.resolved(root, in: TreeSource(file: file)) : root
    }

    /// Encodes a value to a tree.
    static func of<Value: Encodable>(_ value: Value) throws -> Node {
        let text = try YAMLEncoder().encode(value)
        guard let node = try Yams.compose(yaml: text) else { preconditionFailure("a value without keys") }
        return node.shortened
    }

    /// Formats a tree as a document.
    static func text(_ node: Node) throws -> String {
        try Yams.serialize(node: node.laidOut(isRoot: true), width: -1, sortKeys: false)
    }

    /// The tree of a value with `null` for each optional key that is not set, except inside lists.
    static func complete<Value: Codable>(_ value: Value) throws -> Node {
        var tree = try of(value)
        let source = TreeSource(file: "")
        _ = try TreeDecoder.decode(Value.self, from: tree, of: source)
        for mapping in source.read where !mapping.path.contains(where: { $0.intValue != nil }) {
            tree.add(mapping.asked, at: mapping.path[...])
        }
        return tree
    }
}

extension Node {
    /// The node with short numbers, and a word for a mapping of one key to an empty mapping. Marks are dropped, because
    /// they refer to another text.
    fileprivate var shortened: Node {
        switch self {
        case .scalar(var scalar):
            scalar.mark = nil
            guard tag == Tag(.float), let number = Double(scalar.string) else { return .scalar(scalar) }
            let text = number.description
            return text.hasSuffix(".0") ? Node(String(text.dropLast(2)), Tag(.int)) : Node(text, Tag(.float))
        case .mapping(let mapping):
            if mapping.count == 1, let only = mapping.first, only.value.mapping?.isEmpty == true {
                return only.key.shortened
            }
            return Node(mapping.map { ($0.key.shortened, $0.value.shortened) })
        case .sequence(let sequence):
            return Node(sequence.map(\.shortened))
        default:
            return self
        }
    }

    /// Adds `null` for keys that a mapping lacks, each after the key that precedes it in `keys`.
    fileprivate mutating func add(_ keys: [String], at path: ArraySlice<any CodingKey>) {
        if let first = path.first {
            self[first.stringValue]?.add(keys, at: path.dropFirst())
            return
        }
        guard var entries = mapping?.map({ ($0.key, $0.value) }) else { return }
        var place = 0
        for key in keys {
            if let known = entries.firstIndex(where: { $0.0.string == key }) {
                place = known + 1
            } else {
                entries.insert((Node(key), Node("null", Tag(.null), .plain)), at: place)
                place += 1
            }
        }
        self = Node(entries)
    }
}

// Layout

extension Node {
    private static let widest = 64

    /// The node with every small mapping on one line.
    fileprivate func laidOut(isRoot: Bool = false) -> Node {
        switch self {
        case .mapping(let mapping):
            let style: Mapping.Style = !isRoot && width <= Self.widest ? .flow : .block
            return Node(mapping.map { ($0.key, $0.value.laidOut()) }, Tag(.map), style)
        case .sequence(let sequence):
            let isFlat = sequence.allSatisfy { $0.scalar != nil }
            // Elements are mappings to which people add keys, so they stay in block style.
            return Node(sequence.map { $0.laidOut(isRoot: true) }, Tag(.seq), isFlat ? .flow : .block)
        default:
            return self
        }
    }

    /// The number of characters on one line.
    private var width: Int {
        switch self {
        case .scalar(let scalar): scalar.string.count
        case .mapping(let mapping): mapping.reduce(0) { $0 + $1.key.width + $1.value.width + 4 }
        case .sequence(let sequence): sequence.reduce(0) { $0 + $1.width + 2 }
        default: 0
        }
    }
}
