// A configuration as YAML, which people read, edit and give back. The choice: every key is written, what is not set as
// null, so that a printed configuration shows all that can be changed.

import Model
import Yams

extension TrainingConfiguration: Codable {
    private enum Key: String, CodingKey {
        case model, data, digits, epochs, steps, maxTime, seed, output, resume, checkpointEvery, keep
        case evaluateEvery, sampling, threads, virtualRanks, accumulate, recompute, convolution, reducePrecision, onNaN
        case verifyReplicasEvery, watchdog
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(model: try values.decode(SystemDescription.self, forKey: .model))
        data = try values.decodeIfPresent(String.self, forKey: .data)
        digits = try values.decodeIfPresent(String.self, forKey: .digits)
        epochs = try values.decodeIfPresent(Int.self, forKey: .epochs)
        steps = try values.decodeIfPresent(Int.self, forKey: .steps)
        maxTime = try values.decodeIfPresent(TimeLimit.self, forKey: .maxTime)
        seed = try values.decode(.seed, or: seed)
        output = try values.decode(.output, or: output)
        resume = Resume(try values.decode(.resume, or: resume.text))
        checkpointEvery = try values.decode(.checkpointEvery, or: checkpointEvery)
        keep = try values.decode(.keep, or: keep)
        evaluateEvery = try values.decode(.evaluateEvery, or: evaluateEvery)
        sampling = try values.decode(.sampling, or: sampling)
        threads = try values.decode(.threads, or: threads)
        virtualRanks = try values.decodeIfPresent(Int.self, forKey: .virtualRanks)
        accumulate = try values.decode(.accumulate, or: accumulate)
        recompute = try values.decode(.recompute, or: recompute)
        convolution = try values.decode(.convolution, or: convolution)
        reducePrecision = try values.decode(.reducePrecision, or: reducePrecision)
        onNaN = try values.decode(.onNaN, or: onNaN)
        verifyReplicasEvery = try values.decode(.verifyReplicasEvery, or: verifyReplicasEvery)
        watchdog = try WatchLimit(text: values.decode(.watchdog, or: watchdog.text))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(data, forKey: .data)
        try values.encode(digits, forKey: .digits)
        try values.encode(epochs, forKey: .epochs)
        try values.encode(steps, forKey: .steps)
        try values.encode(maxTime, forKey: .maxTime)
        try values.encode(seed, forKey: .seed)
        try values.encode(output, forKey: .output)
        try values.encode(resume.text, forKey: .resume)
        try values.encode(checkpointEvery, forKey: .checkpointEvery)
        try values.encode(keep, forKey: .keep)
        try values.encode(evaluateEvery, forKey: .evaluateEvery)
        try values.encode(sampling, forKey: .sampling)
        try values.encode(threads, forKey: .threads)
        try values.encode(virtualRanks, forKey: .virtualRanks)
        try values.encode(accumulate, forKey: .accumulate)
        try values.encode(recompute, forKey: .recompute)
        try values.encode(convolution, forKey: .convolution)
        try values.encode(reducePrecision, forKey: .reducePrecision)
        try values.encode(onNaN, forKey: .onNaN)
        try values.encode(verifyReplicasEvery, forKey: .verifyReplicasEvery)
        try values.encode(watchdog.text, forKey: .watchdog)
        try values.encode(model, forKey: .model)
    }

    /// The complete configuration.
    package var yaml: String {
        get throws { try Tree.text(Tree.complete(self)) }
    }

    /// - Parameter file: its name, for errors.
    package init(yaml: String, file: String) throws {
        let layer = try ConfigurationLayer(yaml: yaml, file: file)
        self = try layer.decoded(layer.root)
    }
}

extension TrainingConfiguration {
    /// What differs from an older configuration, but for where the run is: "model.learningRate 0.001 instead of 0.002".
    package func changes(from old: TrainingConfiguration) throws -> [String] {
        let (new, old) = (try Tree.complete(self), try Tree.complete(old))
        let keys = (new.mapping?.keys.compactMap(\.string) ?? []).filter {
            $0 != Key.output.rawValue && $0 != Key.resume.rawValue
        }
        return keys.flatMap { differences(new[$0], old[$0], $0) }
    }

    private func differences(_ new: Node?, _ old: Node?, _ path: String) -> [String] {
        guard let new, new != old else { return [] }
        if let mapping = new.mapping, old?.mapping != nil {
            return mapping.flatMap { key, value in differences(value, old?[key], "\(path).\(key.string ?? "")") }
        }
        func text(_ node: Node?) -> String? { node.map { $0.isNull ? "none" : $0.scalar?.string } ?? "none" }
        guard let value = text(new) else { return ["\(path) is another one"] }
        return ["\(path) \(value) instead of \(text(old) ?? "another one")"]
    }
}
