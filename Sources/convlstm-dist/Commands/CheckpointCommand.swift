// `convlstm-dist checkpoint`: the contents of a checkpoint, and whether the checkpoints of a run are intact.

import DataLoading
import Model
import Configuration
import ArgumentParser
import Formats
import Foundation
import Platform
import Trainer

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Shows and checks checkpoints.", subcommands: [Inspect.self, Verify.self])
}

extension CheckpointCommand {
    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a checkpoint holds.")

        @Argument(help: "A checkpoint, or the folder of a run.")
        var path: String

        @Flag(help: "Show the name and shape of every parameter tensor, too.")
        var tensors = false

        func run() throws {
            try OneProcess.require(for: "checkpoint inspect")
            let found = try CheckpointStore.named(path), checkpoint = found.checkpoint
            let configuration = checkpoint.configuration, model = configuration.model
            let position = checkpoint.position, file = try InputFile(path: found.path)
            var facts = [
                ("file", found.path),
                ("bytes", grouped(file.size)),
                ("sha256", try Digest.ofFile(found.path)),
                (
                    "model",
                    "\(model.name), \(model.sequences.inputFrames) frames of \(checkpoint.frame) to \(model.sequences.outputFrames)"
                ),
                ("step", "\(position.step)"),
                (
                    "epoch",
                    "\(position.epoch), \(position.used) of its \(checkpoint.trainingSequences) sequences passed"
                ),
                ("seed", "\(configuration.seed)"),
                (
                    "data",
                    "\(configuration.data ?? TrainingConfiguration.generatedData), values \(checkpoint.valueRange.lowerBound) to "
                        + "\(checkpoint.valueRange.upperBound)"
                ),
            ]
            if let best = checkpoint.best {
                facts.append(("best", "validation loss \(best.loss) at step \(best.step)"))
            }
            for part in try checkpoint.parts() {
                facts.append((part.name, "\(grouped(part.elements)) elements in \(part.tensors) tensors"))
            }
            for (name, value) in facts {
                StandardOutput.print(name.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
            }
            if tensors {
                let results = try checkpoint.network().layout.slots.map(TensorResults.init)
                StandardOutput.print("\n\(TensorResults.table(results))")
            }
            StandardOutput.print("`zstd -d` makes a .safetensors file of it, which other tools open.")
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every checkpoint of a run in full, or one.",
            discussion: "The exit code is 1 if anything is damaged or missing.")

        @Argument(help: "A checkpoint, or the folder of a run.")
        var path: String

        func run() throws {
            try OneProcess.require(for: "checkpoint verify")
            let verdicts = try CheckpointStore.verdicts(on: path)
            for verdict in verdicts {
                let remark = verdict.remark.map { " (\($0))" } ?? ""
                StandardOutput.print(verdict.damage.map { "DAMAGED  \($0)" } ?? "ok       \(verdict.file)\(remark)")
            }
            let damaged = verdicts.count { $0.damage != nil }
            guard damaged == 0 else {
                throw TrainingError(
                    "\(damaged) of \(verdicts.count) files in \(path) are damaged; `train --resume auto` goes on from "
                        + "the newest whole one")
            }
        }
    }
}
