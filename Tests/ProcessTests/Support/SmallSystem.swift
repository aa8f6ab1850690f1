// A preset made small: printed as YAML, with fewer channels and clips, and read back from a file. The choice: nothing
// else is changed, so that training is that of the preset.

import Configuration
import Foundation
import NetworkTestSupport
import TestSupport
import Testing

/// A small variant of a preset, in a file of the training example's folder.
///
/// It has five training clips in batches of three, so that the second and last batch of an epoch has two.
struct SmallSystem {
    let example: TrainingExample
    let description: SystemDescription
    private let file = UUID().uuidString + ".yaml"

    init(_ preset: String, changed: (inout SystemDescription) -> Void = { _ in }) throws {
        example = try TrainingExample.shared.get()
        let printed = try Command.run("convlstm-dist", ["models", preset, "--yaml"])
        var system = try SystemDescription(yaml: printed.stdout, file: preset)
        system.network = system.network.shrunk(by: 16)
        system.sequences.outputFrames = 4 + (system.sequences.outputFrames - system.sequences.inputFrames) / 4
        system.sequences.inputFrames = 4
        system.sequences.generator.makeSmall()
        if system.sequences.crop != nil { system.sequences.crop = CropDescription(height: 16, width: 16) }
        system.batchSize = 3
        changed(&system)
        description = system
        try example.folder.write(Array(system.yaml.utf8), to: file)
    }

    /// Trains on its synthetic clips into a new folder, and returns the folder's name.
    func train(ranks: Int, _ options: [String]) throws -> String {
        let output = example.freshOutput()
        let result = try dist(ranks: ranks, arguments(output, options))
        try #require(result.status == 0, "\(result.stderr)")
        return output
    }

    /// The arguments of a run on its synthetic clips, with one thread unless the options say otherwise.
    func arguments(_ output: String, _ options: [String]) -> [String] {
        ["train", "--model", file, "--data", "generated", "--output", output, "--threads", "1"] + options
    }

    /// Runs convlstm-dist with several ranks under mpirun, or for 0 ranks in one process.
    func dist(ranks: Int = 0, _ arguments: [String]) throws -> CommandResult {
        ranks == 0
            ? try Command.run("convlstm-dist", arguments, directory: example.folder.path)
            : try Mpirun.run(ranks: ranks, "convlstm-dist", arguments, directory: example.folder.path)
    }

    /// A column of numbers in one of a run's tables.
    func column(_ name: String, of file: String = "metrics.csv", _ output: String) throws -> [Double] {
        try example.column(name, of: file, output).map { try #require(Double($0)) }
    }

    /// The moving averages of batch normalization in a checkpoint.
    func movingAverages(_ output: String, step: Int) throws -> [String: [Float]] {
        try example.tensors(output, step: step).filter { $0.key.hasSuffix(".mean") || $0.key.hasSuffix(".variance") }
    }
}

extension GeneratorDescription {
    /// Digits need 28 pixels; squares do not.
    fileprivate mutating func makeSmall() {
        size = if case .movingSquares = kind { 12 } else { 32 }
        (frames, training, validation, test) = (12, 5, 2, 3)
    }
}
