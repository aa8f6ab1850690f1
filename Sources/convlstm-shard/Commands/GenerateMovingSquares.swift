// `convlstm-shard generate moving-squares`: the clips of Keras' ConvLSTM example, as inputs and as targets.

import ArgumentParser
import CommandSupport
import Foundation
import Shards

struct GenerateMovingSquares: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moving-squares",
        abstract: "Squares that move straight on, with noise around them and without.",
        discussion: """
            Writes float32 of the shape (sequences, frames, size, size) to three files: NAME-noisy.npy to look at, \
            NAME-clean.npy with the same frames, and NAME-shifted.npy, which is clean and one step ahead. \
            `split NAME-clean.npy --inputs NAME-noisy.npy` makes a data set of pairs.

            Example: convlstm-shard generate moving-squares --sequences 1200 --output squares
            """)

    @OptionGroup var options: GeneratorOptions

    @Option(parsing: .unconditional, help: "Frames of a sequence.")
    var frames = 15

    @Option(parsing: .unconditional, help: "Height and width of a frame.")
    var size = 40

    @Option(help: "The files' common NAME, with or without .npy.", completion: .file())
    var output: String

    func validate() throws {
        try OptionCheck.requireNames([("--output", output)])
        try SequenceExtents.check(frames: frames, size: size)
    }

    func run() throws {
        let name = output.hasSuffix(".npy") ? String(output.dropLast(4)) : output
        let files = MovingSquaresGenerator.View.allCases.map { (view: $0, path: "\(name)-\($0.rawValue).npy") }
        for file in files { try DataFolder.requireAbsent(file.path) }
        do {
            for file in files { try write(file.view, to: file.path) }
        } catch {
            // An incomplete set of files is not a data set.
            for file in files { try? FileManager.default.removeItem(atPath: file.path) }
            throw error
        }
    }

    private func write(_ view: MovingSquaresGenerator.View, to path: String) throws {
        let generator = MovingSquaresGenerator(
            view: view, frames: frames, size: size, count: options.sequences, seed: options.seedNumber)
        try options.write(generator, as: .float32, layout: .sequencesFirst, to: path)
    }
}
