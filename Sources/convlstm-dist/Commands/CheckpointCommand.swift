// `convlstm-dist checkpoint`: the contents of a checkpoint, and the care of the checkpoints of a run.

import DataLoading
import Model
import Configuration
import ArgumentParser
import CommandSupport
import Formats
import Foundation
import Platform
import Reports
import Trainer

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Shows, checks and mends checkpoints.",
        subcommands: [List.self, Inspect.self, Verify.self, Prune.self, Repair.self])
}

extension CheckpointCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the checkpoints of a run.",
            discussion: "Example: convlstm-dist checkpoint list runs/small/1")

        @Argument(help: "The folder of a run, or a folder of checkpoints.", completion: .directory)
        var path: String

        func run() throws {
            try OneProcess.require(for: "checkpoint list")
            let listed = try CheckpointStore.listed(in: path)
            var table = Table(["step", "bytes", "saved", "", "file"])
            for checkpoint in listed {
                table.add([
                    "\(checkpoint.step)", grouped(checkpoint.bytes), checkpoint.saved.formatted(.iso8601),
                    checkpoint.isBest ? "best" : "", checkpoint.path,
                ])
            }
            StandardOutput.print("\(table)")
        }
    }

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a checkpoint holds.",
            discussion: "Example: convlstm-dist checkpoint inspect runs/small/1 --tensors")

        @Argument(help: "A checkpoint, or the folder of a run.", completion: .file())
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
            discussion: """
                The exit code is 1 if anything is damaged or missing.

                Example: convlstm-dist checkpoint verify runs/small/1
                """)

        @Argument(help: "A checkpoint, or the folder of a run.", completion: .file())
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

    struct Prune: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the checkpoints of a run that are not to be kept.",
            discussion: """
                The best checkpoint always stays. No process may train in the folder meanwhile.

                Example: convlstm-dist checkpoint prune runs/small/1 --keep 2 --keep-every 1000
                """)

        @Argument(help: "The folder of a run.", completion: .directory)
        var path: String

        @Option(parsing: .unconditional, help: ArgumentHelp("The newest checkpoints to keep.", valueName: "n"))
        var keep: Int

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Keep those of steps that are multiples of this number; 0 for none.", valueName: "n"))
        var keepEvery = 0

        func validate() throws {
            try OptionCheck.require(keep, in: TrainingConfiguration.range(of: "keep"), "--keep")
            try OptionCheck.require(keepEvery, in: TrainingConfiguration.range(of: "keepEvery"), "--keep-every")
        }

        func run() throws {
            try OneProcess.require(for: "checkpoint prune")
            let removed = try CheckpointStore.prune(path, keeping: Retention(newest: keep, every: keepEvery))
            for file in removed { StandardOutput.print("removed  \(file)") }
            if removed.isEmpty { StandardOutput.print("nothing to remove in \(path)") }
        }
    }

    struct Repair: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mend the checkpoints' folder of a run.",
            discussion: """
                Reads every checkpoint in full, gives damaged ones another name, removes half-written files, and writes \
                checkpoints.json anew where it differs. No process may train in the folder meanwhile.

                Example: convlstm-dist checkpoint repair runs/small/1
                """)

        @Argument(help: "The folder of a run.", completion: .directory)
        var path: String

        func run() throws {
            try OneProcess.require(for: "checkpoint repair")
            let repair = try CheckpointStore.repair(path)
            for (path, reason) in repair.setAside { StandardOutput.print("SET ASIDE  \(path): \(reason)") }
            if repair.wroteIndex { StandardOutput.print("written    \(path)/checkpoints/\(CheckpointIndex.fileName)") }
            StandardOutput.print("\(counted(repair.whole, "whole checkpoint")) in \(path)")
        }
    }
}
