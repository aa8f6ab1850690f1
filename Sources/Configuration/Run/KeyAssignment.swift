// A key of a configuration set on a command line, such as model.optimizer.adam.beta1=0.5. The choice: it changes the
// configuration's tree as a file would, so that keys and values mean the same, and errors are in the same words.

import Formats
import Platform
import Yams

/// The value of one key.
package struct KeyAssignment: Sendable {
    /// A step from a value to one inside it.
    private enum Step: Equatable, Sendable {
        /// The key of a mapping, or the name of a list's element.
        case key(String)
        /// The place in a list, from 0.
        case place(Int)
    }

    /// The text as given.
    private let text: String
    private let path: [Step]
    private let value: String

    /// Reads KEY=VALUE; lists are entered by [0] or by the name of an element, and the value is YAML.
    ///
    /// Throws a usage error for any other text.
    package init(_ text: String) throws {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw TrainingError.usage("--set is \(text.quotable()); give KEY=VALUE, such as model.learningRate=0.001")
        }
        self.text = text
        (path, value) = (try Self.path(text[..<sign], of: text), String(text[text.index(after: sign)...]))
        guard !["resume", "model"].contains(text[..<sign]) else {
            throw TrainingError.usage("--set \(text[..<sign]) is an option of its own; give --\(text[..<sign])")
        }
        _ = try node
    }

    private static func path(_ keys: Substring, of text: String) throws -> [Step] {
        var steps: [Step] = []
        for part in keys.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            let places = pieces.dropFirst().map { $0.hasSuffix("]") ? Int($0.dropLast()) : nil }
            guard let name = pieces.first, !name.isEmpty, !places.contains(nil) else {
                throw TrainingError.usage(
                    "--set \(text.quotable()) names no key; write such as model.network.encoder[0].convLSTM.hidden=32")
            }
            steps += [.key(String(name))] + places.compactMap { $0.map(Step.place) }
        }
        return steps
    }

    private var file: String { "--set \(text.quotable())" }

    private var node: Node {
        get throws {
            do {
                guard let node = try Yams.compose(yaml: value) else {
                    throw TrainingError.usage("\(file) gives no value; write null for none")
                }
                return node.withoutMarks
            } catch let error as YamlError {
                throw YAMLFault(error, in: value, of: file).explained
            }
        }
    }

    /// The configuration with the key's value.
    ///
    /// Throws a usage error for a key that there is not, and for a value that it cannot have.
    package func applied(to base: TrainingConfiguration) throws -> TrainingConfiguration {
        let tree = try set(path[...], in: try Tree.of(base))
        return try TreeDecoder.decode(TrainingConfiguration.self, from: tree, of: TreeSource(file: file))
    }

    /// The tree with the value at the end of the path. A mapping of one key selects one of several alternatives, and
    /// another one takes its place.
    private func set(_ path: ArraySlice<Step>, in old: Node?) throws -> Node {
        guard let step = path.first else {
            let new = try node
            return old.map { ConfigurationLayer.merge(new, into: $0) } ?? new
        }
        let rest = path.dropFirst()
        if let list = old?.sequence {
            let place = try place(of: step, in: list)
            var elements = Array(list)
            elements[place] = try set(rest, in: elements[place])
            return Node(elements)
        }
        guard case .key(let key) = step else {
            throw TrainingError.usage("\(file) takes an element of what is not a list; leave the [ ] out")
        }
        let new = Node([(Node(key), try set(rest, in: old?[key]))])
        return old.map { ConfigurationLayer.merge(new, into: $0) } ?? new
    }

    private func place(of step: Step, in list: Node.Sequence) throws(TrainingError) -> Int {
        let names = list.map { $0["name"]?.scalar?.string }
        switch step {
        case .place(let place):
            if list.indices.contains(place) { return place }
            throw .usage("\(file): the list has \(list.count) elements, the last of which is [\(list.count - 1)]")
        case .key(let name):
            if let place = names.firstIndex(of: name) { return place }
            let known = names.compactMap { $0 }
            let advice =
                nearest(to: name, among: known).map { "did you mean \($0)?" }
                ?? "its elements are \(known.isEmpty ? "[0] to [\(list.count - 1)]" : known.joined(separator: ", "))"
            throw .usage("\(file): the list has no \(name.quotable()); \(advice)")
        }
    }
}

extension Node {
    /// The node without its places in a text.
    fileprivate var withoutMarks: Node {
        switch self {
        case .scalar(var scalar):
            scalar.mark = nil
            return .scalar(scalar)
        case .mapping(let mapping): return Node(mapping.map { ($0.key.withoutMarks, $0.value.withoutMarks) })
        case .sequence(let sequence): return Node(sequence.map(\.withoutMarks))
        default: return self
        }
    }
}
