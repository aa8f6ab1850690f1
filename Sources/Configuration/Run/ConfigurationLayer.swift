// A YAML file that changes some keys of a configuration. The choice: the file's tree is merged into the
// configuration's tree, level by level, and the result is decoded as a whole, which detects unknown keys.

import Yams

/// The keys that a file sets.
package struct ConfigurationLayer {
    let file: String
    let root: Node

    package init(path: String) throws {
        try self.init(yaml: YAMLFile.text(path), file: path)
    }

    init(yaml: String, file: String) throws {
        (self.file, root) = (file, try Tree.parsed(yaml, file: file))
    }

    /// The name of the model in the file: `model: NAME`, or `name` among the model's keys.
    package var modelName: String? {
        guard let model = root["model"] else { return nil }
        return model.scalar?.string ?? model["name"]?.scalar?.string
    }

    /// The preset to start from; nil if the file names none, or describes a network under a name of its own.
    package var startName: String? {
        let isOwn = root["model"]?["network"] != nil && !Presets.all.contains { $0.name == modelName }
        return isOwn ? nil : modelName
    }

    /// The `resume` value that the file sets; `auto` if it sets none.
    package var resume: Resume { Resume(root["resume"]?.scalar?.string ?? Resume.auto.text) }

    /// Returns the base configuration with this file's keys replaced.
    ///
    /// Throws a usage error with the file, the line and the key that is unknown or has a value of the wrong type.
    package func applied(to base: TrainingConfiguration) throws -> TrainingConfiguration {
        var changes = root
        if root["model"]?.scalar != nil { changes.mapping?["model"] = nil }
        return try decoded(Self.merge(changes, into: try Tree.of(base)))
    }

    /// Decodes a tree that has all keys.
    func decoded(_ node: Node) throws -> TrainingConfiguration {
        try TreeDecoder.decode(TrainingConfiguration.self, from: node, of: TreeSource(file: file))
    }

    /// Merges the keys of `changes` into `base`, level by level.
    ///
    /// A mapping with a single key selects one of several alternatives, and replaces a different alternative as a
    /// whole.
    static func merge(_ changes: Node, into base: Node) -> Node {
        guard let new = changes.mapping, let old = base.mapping, old.count > 1 || old.keys.elementsEqual(new.keys)
        else { return changes }
        var merged = base
        for (key, value) in new {
            merged[key] = base[key].map { merge(value, into: $0) } ?? value
        }
        return merged
    }
}
