// The command itself: its subcommands, and its error handling. The choice: one sentence on stderr, from one rank;
// exit code 2 for wrong usage, 1 for other errors.

import CommandSupport
import Configuration
import ArgumentParser
import Foundation
import Kernels
import Platform

@main
struct ConvLSTMDist: Program {
    static let configuration = CommandConfiguration(
        commandName: "convlstm-dist",
        abstract: "Trains ConvLSTM networks that predict video, on the CPUs of one machine or of many.",
        discussion: "Under mpirun every process trains on its part of each batch; without, one process trains alone.",
        version: ProgramVersion.text,
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ModelsCommand.self, DoctorCommand.self,
            RunsCommand.self, ReportCommand.self, CheckpointCommand.self, ExportCommand.self, ImportCommand.self,
            BenchCommand.self,
        ])

    static func main() {
        StandardStreams.prepare()
        Interruption.leaveQuitToTheSystem()
        OutOfMemory.onEnd { StandardError.write("convlstm-dist: \($0)\n") }
        // This comes before anything is opened: it may restart the program with the right BLAS kernels.
        BLASLibrary.chooseKernels()
        do {
            if let complaint = Processor.complaint { throw TrainingError(complaint) }
            let words = Array(CommandLine.arguments.dropFirst())
            try requireCommand(in: words)
            if words.first == "train" { try requireOptions(in: words, named: TrainCommand.namesElsewhere) }
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.requireWritten()
        } catch {
            leave(with: error)
        }
    }

    static func exitStatus(of error: any Error) -> Int32 { processExitCode(of: error) }
}
