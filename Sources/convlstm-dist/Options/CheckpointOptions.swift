// The options that the commands with a trained network share: the checkpoint, the data and the number of threads.

import Distribution
import Configuration
import DataLoading
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Kernels
import Platform
import Reports
import Shards
import Supervision
import Trainer

extension Split: ExpressibleByArgument {}

struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A checkpoint, or the folder of a run: its best checkpoint, or the newest where none was validated.",
            valueName: "path"), completion: .file())
    var checkpoint: String?

    @Option(
        help: ArgumentHelp(
            "A folder made by convlstm-shard split, or \"generated\" (default: what the checkpoint was trained on).",
            valueName: "folder"), completion: .directory)
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Images of digits to move in generated data (default: those of the training).", valueName: "file"),
        completion: .file())
    var digits: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Frames to forecast (default: as in training).", valueName: "n"))
    var frames: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Threads of each rank, which forecast different sequences (default: one for each physical core that is the "
                + "rank's own).", valueName: "n"))
    var threads: Int?

    /// The error of a command that got no checkpoint.
    static let nothingForecasts = ValidationError(
        "there is nothing to forecast with; give --checkpoint a checkpoint, or the folder of a run")

    /// The maximum number of frames, which bounds the memory.
    static let mostFrames = 1000

    func validate() throws {
        try OptionCheck.requireNames([("--checkpoint", checkpoint), ("--data", data), ("--digits", digits)])
        if let frames { try OptionCheck.require(frames, in: 1...Self.mostFrames, "--frames") }
        if let threads { try OptionCheck.require(threads, in: 1...1024, "--threads") }
    }

    /// Opens the checkpoint on all ranks. Rank 0 warns of newer ones that are damaged.
    func open(on communicator: any Communicator) throws -> CheckpointStore.Found {
        guard let checkpoint else { throw Self.nothingForecasts }
        let found = try CheckpointStore.named(checkpoint, on: communicator)
        for (_, reason) in found.damaged { warn("a newer checkpoint cannot be used: \(reason)") }
        return found
    }

    /// The data named here, or those of the training, whose shards are verified. Collective.
    ///
    /// - Parameter found: the checkpoint; nil for data that are named here.
    func dataSet(for found: CheckpointStore.Found?, on communicator: any Communicator) throws -> DataSet {
        var configuration = found?.checkpoint.configuration ?? TrainingConfiguration(model: Presets.all[0])
        configuration.data = try data ?? communicator.shared { try found?.dataPlace() }
        configuration.digits = digits ?? configuration.digits
        let data = try DataSet(of: configuration)
        try data.requireWholeShards(on: communicator)
        return data
    }

    /// Starts the threads of this rank. Collective.
    ///
    /// - Parameter sequences: the number of sequences to forecast, over all ranks.
    func threadPool(for sequences: Int, on communicator: any Communicator) throws -> ThreadPool {
        if let threads { return try ThreadPool(threads) }
        let share = (sequences + communicator.size - 1) / communicator.size
        return try ThreadPool(
            ThreadChoice.automatic(on: communicator, atMost: (share, counted(share, "sequence"))).count)
    }

    /// The number of frames to forecast with a checkpoint.
    func frames(for found: CheckpointStore.Found) -> Int {
        frames ?? found.checkpoint.configuration.model.sequences.forecastFrames
    }
}

/// Prints a warning to standard error.
func warn(_ sentence: String) {
    StandardError.write("convlstm-dist: warning: \(sentence.bounded)\n")
}
