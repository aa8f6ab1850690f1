// `convlstm-shard generate showers`: rain that a network learns to forecast within minutes, as an array.

import ArgumentParser
import CommandSupport
import Foundation
import Shards

struct GenerateShowers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "showers",
        abstract: "A few smooth showers over drizzle, which a wind carries; learned within minutes.",
        discussion: """
            Radar reflectivity as uint8 of the shape (frames, sequences, size, size) in fifths of dBZ, which \
            `split --unit dBZ --scale 0.2` says of them. For rain that is as hard to forecast as real rain, see `generate rain`.

            Example: convlstm-shard generate showers --sequences 4000 --output showers.npy
            """)

    @OptionGroup var options: GeneratorOptions

    @OptionGroup var extents: SequenceExtents

    @Option(help: "The .npy file to write.", completion: .file())
    var output: String

    func validate() throws {
        try OptionCheck.requireNames([("--output", output)])
    }

    func run() throws {
        try DataFolder.requireAbsent(output)
        let generator = ShowersGenerator(
            frames: extents.frames, size: extents.size, count: options.sequences, seed: options.seedNumber)
        try options.write(generator, as: .uint8, layout: .framesFirst, to: output)
    }
}
