// A configuration as YAML, which people read, edit and pass back. The choice: every key is written, with null for
// those that are not set, so that a printed configuration shows everything that can be changed.

import Model
import Yams

extension TrainingConfiguration: Codable {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: ConfigurationKey.Name.self)
        self.init(model: try values.decode(SystemDescription.self, forKey: .model))
        for key in Self.keys { try key.decode(values, &self) }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: ConfigurationKey.Name.self)
        for key in Self.keys { try key.encode(&values, self) }
        try values.encode(model, forKey: .model)
    }

    /// The complete configuration.
    package var yaml: String {
        get throws { try Tree.text(Tree.complete(self)) }
    }

    /// Reads a complete configuration, such as the config.yaml of a run.
    package init(file: String) throws { try self.init(yaml: YAMLFile.text(file), file: file) }

    /// - Parameter file: the file name for errors.
    package init(yaml: String, file: String) throws {
        let layer = try ConfigurationLayer(yaml: yaml, file: file)
        self = try layer.decoded(layer.root)
    }
}

extension TrainingConfiguration {
    /// What a difference may concern.
    package enum Concern {
        /// Everything but the run's location.
        case everything
        /// Which run it is, and what it computes: not how fast, how safely or for how long one process works on it.
        case run
        /// What a run computes at each step.
        case result

        fileprivate var meanings: Set<ConfigurationKey.Meaning> {
            switch self {
            case .everything: [.process, .run, .result]
            case .run: [.run, .result]
            case .result: [.result]
            }
        }
    }

    /// The differences from an older configuration: "model.learningRate 0.001 instead of 0.002".
    package func changes(from old: TrainingConfiguration, of concern: Concern = .everything) throws -> [String] {
        let meanings = concern.meanings
        let others = Set(Self.keys.filter { !meanings.contains($0.meaning) }.map(\.name)).union(["output", "resume"])
        let (new, old) = (try Tree.complete(self), try Tree.complete(old))
        let keys = (new.mapping?.keys.compactMap(\.string) ?? []).filter { !others.contains($0) }
        return keys.flatMap { differences(of: new[$0], from: old[$0], at: $0) }
    }

    /// Whether two configurations are of one run, whichever process works on it: equal in data, seed, length, start, and
    /// whatever else changes the result.
    package func isOfSameRun(as other: TrainingConfiguration) throws -> Bool {
        try resume.start == other.resume.start && changes(from: other, of: .run).isEmpty
    }

    /// Every value of the learning that is one: the scalars of the model outside its network, by their paths, and the seed.
    package var hyperparameters: [(name: String, value: String)] {
        get throws {
            var model = try Tree.complete(self)["model"]
            model?.mapping?["network"] = nil
            model?.mapping?["summary"] = nil
            return [("seed", "\(seed)")] + (model.map { Self.scalars(in: $0, at: "") } ?? [])
        }
    }

    private static func scalars(in node: Node, at path: String) -> [(name: String, value: String)] {
        if let mapping = node.mapping {
            return mapping.flatMap { key, value in
                scalars(in: value, at: path.isEmpty ? key.string ?? "" : "\(path).\(key.string ?? "")")
            }
        }
        return node.isNull ? [] : node.scalar.map { [(path, $0.string)] } ?? []
    }

    private func differences(of new: Node?, from old: Node?, at path: String) -> [String] {
        guard let new, new != old else { return [] }
        if let mapping = new.mapping, old?.mapping != nil {
            return mapping.flatMap { key, value in
                differences(of: value, from: old?[key], at: "\(path).\(key.string ?? "")")
            }
        }
        func text(_ node: Node?) -> String? { node.map { $0.isNull ? "none" : $0.scalar?.string } ?? "none" }
        guard let value = text(new) else { return ["\(path) is another one"] }
        return ["\(path) \(value) instead of \(text(old) ?? "another one")"]
    }
}
