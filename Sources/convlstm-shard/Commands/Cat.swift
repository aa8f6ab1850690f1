// `convlstm-shard cat`: one sequence from a folder of shards, as an array or a picture.

import ArgumentParser
import CommandSupport
import Formats
import Platform
import Shards

struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write one sequence to a .npy file, or its frames side by side to a .png file.",
        discussion: """
            An array holds the numbers as stored, or, where the data set says what they mean, values in their unit as float32, NaN \
            where a pixel is missing. A picture shows three channels as colors, and the first of any other number as gray, as it \
            does missing pixels.
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    @Option(parsing: .unconditional, help: "The number of the sequence, from 0.")
    var sequence: Int

    @Option(help: "The .npy or .png file to write.", completion: .file())
    var output: String

    private var isPicture: Bool { output.lowercased().hasSuffix(".png") }

    func validate() throws {
        try OptionCheck.requireNames([("the folder", folder)])
        guard isPicture || output.lowercased().hasSuffix(".npy") else {
            throw ValidationError("--output is \(output); give a name that ends in .npy or .png.")
        }
    }

    func run() throws {
        try DataFolder.requireAbsent(output)
        let set = try ShardSet(folder: folder)
        guard (0..<set.count).contains(sequence) else {
            throw ValidationError("--sequence is \(sequence); \(folder) holds sequences 0 to \(set.count - 1).")
        }
        if isPicture {
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

    /// The frames from left to right, separated by gray lines.
    private func picture(of set: ShardSet) throws -> Picture {
        let geometry = set.geometry, values = try set.sequence(sequence)
        let channels = geometry.channels == 3 ? 3 : 1
        let width = geometry.frames * (geometry.width + 1) - 1
        var picture = Picture(
            width: width, height: geometry.height, channels: channels,
            pixels: [UInt8](repeating: 128, count: width * geometry.height * channels))
        for frame in 0..<geometry.frames {
            for row in 0..<geometry.height {
                for column in 0..<geometry.width {
                    let source = ((frame * geometry.height + row) * geometry.width + column) * geometry.channels
                    let target = (row * width + frame * (geometry.width + 1) + column) * channels
                    for channel in 0..<channels {
                        picture.pixels[target + channel] = brightness(values[source + channel], set.valueRange)
                    }
                }
            }
        }
        return picture
    }

    /// Gray for a missing pixel.
    private func brightness(_ value: Float, _ range: ClosedRange<Float>) -> UInt8 {
        guard !value.isNaN else { return 128 }
        let extent = range.upperBound - range.lowerBound
        return extent > 0 ? UInt8(255 * min(1, max(0, (value - range.lowerBound) / extent))) : 0
    }
}
