// A model as a YAML file, written from scratch or derived from a preset. The choice: `--model` takes a name or a
// path, and the file name extension tells them apart.

import Platform
import Formats

extension SystemDescription {
    /// Returns the model given by a preset's name, or by the path of a YAML file that describes one.
    ///
    /// Throws a usage error with the file, the line and the problem, and a `ModelError` for an unknown preset.
    package static func named(_ name: String) throws -> SystemDescription {
        guard isFile(name) else { return try Presets.named(name) }
        let system = try SystemDescription(yaml: try YAMLFile.text(name), file: name)
        try system.requireName(file: name)
        try system.requireNumbers(file: name)
        return system
    }

    /// Throws unless the model's name can name a run's folder, which is `runs/NAME` by default.
    func requireName(file: String) throws(TrainingError) {
        guard name.isPlainName else {
            throw .usage(
                "\(file): name is \"\(name.quotable())\", and a run's folder is called so; choose another one, without / and "
                    + "control characters, of at most \(String.longestName) bytes")
        }
    }

    private func requireNumbers(file: String) throws(TrainingError) {
        let frames = TrainingConfiguration.Limits.frames, batches = TrainingConfiguration.Limits.batchSize
        let counts = [
            ("sequences.inputFrames", sequences.inputFrames, frames),
            ("sequences.outputFrames", sequences.outputFrames, frames),
            ("sequences.forecastOffset", sequences.forecastOffset ?? 0, 0...frames.upperBound),
            ("batchSize", batchSize, batches),
        ]
        for (name, count, range) in counts where !range.contains(count) {
            throw .usage("\(file): \(name) is \(count); choose \(range.lowerBound) to \(range.upperBound)")
        }
        try sequences.generator.check()
    }

    /// Whether `model`, a name or a file, refers to the model called `named`.
    package static func isMeant(by model: String, named: String) throws -> Bool {
        try model == named || isFile(model) && self.named(model).name == named
    }

    private static func isFile(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    /// - Parameter file: the file name for errors.
    package init(yaml: String, file: String) throws {
        let source = TreeSource(file: file)
        self = try TreeDecoder.decode(SystemDescription.self, from: Tree.parsed(yaml, file: file), of: source)
    }

    /// The YAML text with all keys except those that are not set.
    package var yaml: String {
        get throws { try Tree.text(Tree.of(self)) }
    }
}

enum YAMLFile {
    /// The maximum size of a file in bytes. No description is longer, but a data file named by mistake is.
    private static let largest = 1 << 20

    /// Returns the content of a file, without a byte order mark.
    static func text(_ path: String) throws -> String {
        let file = try InputFile(path: path)
        guard file.size <= largest else {
            throw TrainingError.usage("\(path) has \(file.size) bytes, too many for a description; name a YAML file")
        }
        // A byte order mark is allowed (YAML 1.2, 5.2), and some editors write one.
        let bytes = try file.bytes(), content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw TrainingError.usage("\(path) is not YAML\(place(in: content)): it is no UTF-8 text; save it as such")
        }
        return text
    }

    /// Describes the first line that is not valid UTF-8.
    private static func place(in bytes: ArraySlice<UInt8>) -> String {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return line.map { ", line \($0 + 1)" } ?? ""
    }
}

extension String {
    /// The maximum length of a name in bytes. It leaves room for suffixes within the limits of file systems.
    fileprivate static let longestName = 200

    /// Whether the text can be the name of a folder.
    fileprivate var isPlainName: Bool {
        guard (1...Self.longestName).contains(utf8.count), self != ".", self != ".." else { return false }
        return !unicodeScalars.contains { $0 == "/" || $0.isControl }
    }
}
