// `convlstm-shard generate moving-mnist`: digits that drift and bounce, in the layout of the Toronto file.

import ArgumentParser
import CommandSupport
import Shards

extension DigitMotion: ExpressibleByArgument {}

struct GenerateMovingMNIST: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "moving-mnist",
        abstract: "Digits that drift over a canvas and bounce off its walls.",
        discussion: """
            Writes uint8 of the shape (frames, sequences, size, size), as mnist_test_seq.npy has it. Without --digits the \
            digits are drawn by the program, so that nothing need be downloaded.

            Example: convlstm-shard generate moving-mnist --digits train-images-idx3-ubyte.gz --output digits.npy
            """)

    @OptionGroup var options: GeneratorOptions

    @Option(help: "Images of digits: train-images-idx3-ubyte, or its .gz.", completion: .file())
    var digits: String?

    @Option(parsing: .unconditional, help: "How many digits move in each sequence.")
    var digitsPerSequence = 2

    @Option(help: "How digits move and overlap: as most papers, as Tencia Lee's script, or as SVG's.")
    var motion = DigitMotion.canonical

    @OptionGroup var extents: SequenceExtents

    @Option(help: "The .npy file to write.", completion: .file())
    var output: String

    func validate() throws {
        try OptionCheck.requireNames([("--output", output)])
        try OptionCheck.require(digitsPerSequence, in: 1...100, "--digits-per-sequence")
    }

    func run() throws {
        try DataFolder.requireAbsent(output)
        let bitmaps = try digits.map(DigitBitmaps.init(idx:)) ?? .drawn(seed: options.seedNumber)
        let generator = try MovingMNISTGenerator(
            digits: bitmaps, digitsPerSequence: digitsPerSequence, motion: motion, frames: extents.frames,
            size: extents.size,
            count: options.sequences, seed: options.seedNumber)
        try options.write(generator, as: .uint8, layout: .framesFirst, to: output)
    }
}
