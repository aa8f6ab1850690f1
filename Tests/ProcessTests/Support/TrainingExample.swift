// A data set and a network so small that a run takes a fraction of a second, and helpers to inspect runs.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

/// 20 training, 4 validation and 2 test sequences of 6 frames of 24 x 24, and a matching configuration.
final class TrainingExample: Sendable {
    let folder: TemporaryFolder

    static let shared = Result { try TrainingExample() }

    private init() throws {
        folder = try TemporaryFolder()
        let squares = ["generate", "moving-squares", "--sequences", "26", "--frames", "6", "--size", "24"]
        try Self.convlstmShard(squares + ["--output", "squares"], in: folder)
        try Self.convlstmShard(
            [
                "split", "squares-shifted.npy", "--shards", "2", "--validation", "4", "--test", "2", "--layout",
                "sequences-first", "--output", "tiny.shards",
            ],
            in: folder)
        try folder.write(Array(Self.configuration.utf8), to: "tiny.yaml")
    }

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private static func convlstmShard(_ arguments: [String], in folder: TemporaryFolder) throws {
        let result = try Command.run("convlstm-shard", arguments, directory: folder.path)
        guard result.status == 0 else { throw Failure(description: result.stderr) }
    }

    /// One thread, whatever the machine has, so that one process and one rank compare.
    private static let configuration = """
        threads: 1
        model:
          name: tiny
          sequences: {inputFrames: 3, outputFrames: 3}
          loss: {error: squared, reduction: mean}
          batchSize: 6
          learningRate: 0.01
          network:
            encoder:
            - {name: patches, spaceToDepth: {size: 4, order: blocks}}
            - name: encoder
              convLSTM: {hidden: 6, kernel: 3, peepholes: perPosition, tensors: perGate, isRecurrent: true,
                kernelInitialization: {glorotUniform: {}}, peepholeInitialization: {constant: {value: 0}}, forgetBias: 1}
            forecaster:
            - name: forecaster
              convLSTM: {hidden: 6, kernel: 3, peepholes: none, tensors: fused, isRecurrent: true, initialState: encoder,
                kernelInitialization: {glorotUniform: {}}, peepholeInitialization: {constant: {value: 0}}, forgetBias: 0}
            readout:
            - {name: readout, convolution: {filters: 16, kernel: 1, kernelInitialization: {glorotUniform: {}}}}
            - {name: unpatches, depthToSpace: {size: 4, order: blocks}}
        """

    /// Writes the configuration with further keys of the model, and returns the file's name.
    func configuration(with keys: String) throws -> String {
        let text = Self.configuration.replacing("model:\n", with: "model:\n  \(keys)\n", maxReplacements: 1)
        let name = "tiny-\(UUID().uuidString).yaml"
        try folder.write(Array(text.utf8), to: name)
        return name
    }

    /// Writes the configuration with some text replaced, and returns the file's name.
    func configuration(replacing words: String, with others: String) throws -> String {
        try #require(Self.configuration.contains(words))
        let name = "tiny-\(UUID().uuidString).yaml"
        try folder.write(Array(Self.configuration.replacing(words, with: others).utf8), to: name)
        return name
    }

    /// Copies the data and the configuration into another folder.
    func copy(to folder: String) throws {
        for name in ["tiny.shards", "tiny.yaml"] {
            try FileManager.default.copyItem(atPath: self.folder.file(name), toPath: "\(folder)/\(name)")
        }
    }

    /// The arguments of a run of the example into a new folder; `more` may override them.
    func arguments(_ output: String, _ more: [String]) -> [String] {
        ["train", "--config", "tiny.yaml", "--data", "tiny.shards", "--output", output] + more
    }

    /// Trains with several ranks under mpirun, or for 0 ranks in one process.
    @discardableResult
    func train(ranks: Int, _ output: String, _ more: [String]) throws -> CommandResult {
        ranks == 0
            ? try Command.run("convlstm-dist", arguments(output, more), directory: folder.path)
            : try Mpirun.run(ranks: ranks, "convlstm-dist", arguments(output, more), directory: folder.path)
    }

    /// Trains until a step appears in the metrics, then sends a signal to the process, or to mpirun.
    func train(
        ranks: Int, _ output: String, _ more: [String], sending signal: String, after step: Int
    ) throws -> CommandResult {
        let launcher = ranks == 0 ? [] : ["mpirun", "-np", "\(ranks)"] + Mpirun.options
        let command = (launcher + [Command.path(of: "convlstm-dist")] + arguments(output, more)).joined(separator: " ")
        let isRunning = "kill -0 $! 2> /dev/null && ! grep -qs '^\(step),' \(output)/metrics.csv"
        return try Command.run(
            "sh", ["-c", "\(command) & while \(isRunning); do sleep 0.01; done; kill -\(signal) $!; wait $!"],
            environment: Mpirun.rootIsWelcome, directory: folder.path, timeout: 120)
    }

    /// A unique name for a run's folder.
    func freshOutput() -> String { "run-" + UUID().uuidString }

    /// The tensors in the checkpoint of a step.
    func tensors(_ output: String, step: Int) throws -> [String: [Float]] {
        let path = folder.file("\(output)/checkpoints/\(Checkpoint.fileName(step: step))")
        let bytes = try InputFile(path: path).bytes()
        let content = try Zstd.decompress(bytes.span, limit: 1 << 24, file: path)
        let tensors = try SafetensorsFile(decoding: content, file: path).tensors
        return Dictionary(
            uniqueKeysWithValues: try tensors.map { tensor in
                var floats = [Float](repeating: 0, count: tensor.shape.reduce(1, *)), span = floats.mutableSpan
                try tensor.copy(into: &span, file: path)
                return (tensor.name, floats)
            })
    }

    /// A column of one of a run's tables.
    func column(_ name: String, of file: String, _ output: String) throws -> [String] {
        let rows = try text(of: file, output).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        guard let column = rows.first?.firstIndex(of: name) else { return [] }
        return rows.dropFirst().map { $0[column] }
    }

    func text(of file: String, _ output: String) throws -> String {
        String(decoding: try folder.bytes(of: output + "/" + file), as: UTF8.self)
    }
}

/// The largest difference between two sets of tensors, relative to the largest absolute value of each tensor.
func difference(_ a: [String: [Float]], _ b: [String: [Float]]) -> Float {
    guard a.keys == b.keys else { return .infinity }
    return a.map { name, values in
        let other = b[name]!, scale = values.map(abs).max() ?? 0
        guard values.count == other.count else { return Float.infinity }
        let largest = zip(values, other).map { abs($0 - $1) }.max() ?? 0
        return largest == 0 ? 0 : largest / scale
    }.max() ?? .infinity
}
