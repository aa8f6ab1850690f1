// A preset as a person would make it small: printed as YAML, with fewer channels and clips, and given back as a file.
// The choice: nothing else is changed, so that what trains is the preset's own way of training.

import Configuration
import Foundation
import NetworkTestSupport
import TestSupport
import Testing

/// A small form of a preset, in a file among those of the training example.
///
/// Five clips to train on in batches of three, so that the second and last batch of an epoch has two.
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
        system.batchSize = 3
        changed(&system)
        description = system
        try example.folder.write(Array(system.yaml.utf8), to: file)
    }

    /// Trains on clips of its own into a new folder, and returns the folder's name.
    func train(ranks: Int, _ options: [String]) throws -> String {
        let output = example.freshOutput()
        let result = try dist(ranks: ranks, arguments(output, options))
        try #require(result.status == 0, "\(result.stderr)")
        return output
    }

    /// Arguments of a run on clips of its own.
    func arguments(_ output: String, _ options: [String]) -> [String] {
        ["train", "--model", file, "--data", "generated", "--output", output] + options
    }

    /// Runs convlstm-dist with several ranks under mpirun, or with none in one process.
    func dist(ranks: Int = 0, _ arguments: [String]) throws -> CommandResult {
        ranks == 0
            ? try Command.run("convlstm-dist", arguments, directory: example.folder.path)
            : try Mpirun.run(ranks: ranks, "convlstm-dist", arguments, directory: example.folder.path)
    }

    /// A column of numbers in one of a run's tables.
    func column(_ name: String, of file: String = "metrics.csv", _ output: String) throws -> [Double] {
        try example.column(name, of: file, output).map { try #require(Double($0)) }
    }

    /// The moving averages that batch normalization left in a checkpoint.
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
