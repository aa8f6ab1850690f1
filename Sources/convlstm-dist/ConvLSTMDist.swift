// The command itself: its subcommands, and how every error leaves it. The choice: one sentence on stderr, from one
// rank; exit code 2 for what was asked wrongly, 1 for what went wrong.

import ArgumentParser
import Foundation
import Kernels
import Platform
import Trainer

@main
struct ConvLSTMDist: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convlstm-dist",
        abstract: "Trains ConvLSTM networks that predict video, on the CPUs of one machine or of many.",
        discussion: "Under mpirun every process trains on its part of each batch; without, one process trains alone.",
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ModelsCommand.self, DoctorCommand.self,
            CheckpointCommand.self, ImportCommand.self, BenchCommand.self,
        ])

    static func main() {
        StandardStreams.prepare()
        OutOfMemory.onEnd { StandardError.write("convlstm-dist: \($0)\n") }
        // Before anything is opened: this may start the program again, with the right matrix kernels.
        BLASLibrary.chooseKernels()
        do {
            if let complaint = Processor.complaint { throw TrainingError(complaint) }
            var command = try parseAsRoot()
            try command.run()
            try StandardOutput.requireWritten()
        } catch {
            leave(with: error)
        }
    }

    private static func leave(with error: any Error) -> Never {
        let code = processExitCode(of: error), text = sentence(ofFoundations: error) ?? message(for: error)
        OneProcess.speak(isError: code != 0) {
            if code == 0 { showAndLeave(fullMessage(for: error)) }
            if !text.isEmpty { StandardError.write("convlstm-dist: \(text.bounded)\n") }
        }
        StandardOutput.flush()
        Foundation.exit(code)
    }

    /// For what ArgumentParser has to show: help, the version.
    private static func showAndLeave(_ text: String) -> Never {
        StandardOutput.print(text)
        do { try StandardOutput.requireWritten() } catch { leave(with: error) }
        Foundation.exit(0)
    }
}
