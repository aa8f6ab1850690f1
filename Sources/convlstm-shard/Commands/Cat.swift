// `convlstm-shard cat`: one sequence from a folder of shards, as an array or a picture.

import ArgumentParser
import CommandSupport
import Formats
import Platform
import Reports
import Shards

struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write one sequence to a .npy file, or its frames side by side to a .png file.",
        discussion: """
            An array holds the numbers as stored, or, where the data set says what they mean, values in their unit as float32, NaN \
            where a pixel is missing. A picture shows three channels as colors, and of any other number the first: rain in mm/h or \
            dBZ by the steps of the pictures of `predict`, other values in gray, as missing pixels are.

            Example: convlstm-shard cat radar.shards --sequence 7 --output seven.png --animate
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Option(parsing: .unconditional, help: "The number of the sequence, from 0.")
    var sequence: Int

    @Option(help: "The .npy or .png file to write.", completion: .file())
    var output: String

    @Flag(help: "Make the .png file an animation, which browsers play, in place of frames side by side.")
    var animate = false

    private var isPicture: Bool { output.lowercased().hasSuffix(".png") }

    func validate() throws {
        try OptionCheck.requireNames([("the folder", folder)])
        guard isPicture || output.lowercased().hasSuffix(".npy") else {
            throw ValidationError("--output is \(output); give a name that ends in .npy or .png.")
        }
        guard !animate || isPicture else {
            throw ValidationError(
                "--animate makes a picture, and --output is \(output); give a name that ends in .png.")
        }
    }

    func run() throws {
        try DataFolder.requireAbsent(output)
        let set = try ShardSet(folder: folder)
        guard (0..<set.count).contains(sequence) else {
            throw ValidationError("--sequence is \(sequence); \(folder) holds sequences 0 to \(set.count - 1).")
        }
        if animate {
            try APNGFile.write(animation(of: set), milliseconds: 250, to: output)
        } else if isPicture {
            try PNGFile.write(picture(of: set), to: output)
        } else {
            let (type, bytes) = try numbers(of: set)
            try NpyFile.write(bytes.span, header: NpyHeader(type: type, shape: set.geometry.shape), to: output)
        }
        StandardOutput.print("\(output): sequence \(sequence) of \(folder), \(set.geometry)")
    }

    /// The numbers as stored, or their values where a description leads from one to the other.
    private func numbers(of set: ShardSet) throws -> (NpyHeader.ElementType, [UInt8]) {
        guard set.manifest.values != nil else {
            return (set.manifest.elementType.array, try set.bytes(ofSequence: sequence))
        }
        return (.float32, ElementType.float32.bytes(of: try set.sequence(sequence)))
    }

    private func animation(of set: ShardSet) throws -> some Collection<Picture> {
        let g = set.geometry
        return ColorScale(unit: set.unit, range: set.valueRange).animation(
            of: try set.sequence(sequence), frames: g.frames, height: g.height, width: g.width, channels: g.channels)
    }

    private func picture(of set: ShardSet) throws -> Picture {
        let g = set.geometry
        return ColorScale(unit: set.unit, range: set.valueRange).filmstrip(
            of: try set.sequence(sequence), frames: g.frames, height: g.height, width: g.width, channels: g.channels)
    }
}
