// Resolves `<<: *other`, the merge key of YAML 1.1, by which people give several layers the same keys. The choice: it
// is resolved once, when a file is read, as in PyYAML, so that nothing else has to handle it.

import Yams

/// Replaces the merge keys of a tree by the entries that they merge.
struct MergeKeys {
    private let source: TreeSource

    /// The number of nodes that may still be expanded: nested aliases can multiply beyond any reasonable time.
    private var left = 200_000

    private init(_ source: TreeSource) { self.source = source }

    /// A tree without merge keys. A mapping's own value for a key takes precedence, then that of the first merged
    /// mapping.
    ///
    /// Throws a usage error for a merge key whose value is neither a mapping nor a list of mappings.
    static func resolved(_ root: Node, in source: TreeSource) throws -> Node {
        var keys = MergeKeys(source)
        return try keys.resolved(root)
    }

    private mutating func resolved(_ node: Node) throws -> Node {
        left -= 1
        guard left > 0 else {
            throw source.error(nil, "its aliases repeat each other more often than any description needs; write it out")
        }
        switch node {
        case .mapping(var mapping):
            let entries = try resolved(mapping.map { ($0.key, $0.value) })
            mapping = Node.Mapping(entries, mapping.tag, mapping.style, mapping.mark)
            return .mapping(mapping)
        case .sequence(let sequence):
            var nodes: [Node] = []
            for node in sequence { nodes.append(try resolved(node)) }
            return .sequence(Node.Sequence(nodes, sequence.tag, sequence.style, sequence.mark))
        default:
            return node
        }
    }

    private mutating func resolved(_ entries: [(Node, Node)]) throws -> [(Node, Node)] {
        var own: [(Node, Node)] = [], merged: [(Node, Node)] = [], known = Set<Node>()
        for (key, value) in entries {
            if key.isMergeKey {
                merged += try self.merged(value, by: key)
            } else {
                own.append((key, try resolved(value)))
            }
        }
        known.formUnion(own.map(\.0))
        return merged.filter { known.insert($0.0).inserted } + own
    }

    private mutating func merged(_ value: Node, by key: Node) throws -> [(Node, Node)] {
        let value = try resolved(value)
        let mappings = value.sequence.map { $0.map(\.mapping) } ?? [value.mapping]
        return try mappings.flatMap { mapping in
            guard let mapping else { throw source.error(key, "<< merges mappings; give it *one, or a list of them") }
            return mapping.map { ($0.key, $0.value) }
        }
    }
}

extension Node {
    fileprivate var isMergeKey: Bool { scalar.map { $0.string == "<<" && $0.style == .plain } ?? false }
}
