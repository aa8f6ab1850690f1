// How to read the input of `split`. The choice: a folder is clips and a file is an array, and options that do not apply
// are refused.

import Reports
import ArgumentParser
import CommandSupport
import Foundation
import Formats
import Platform
import Shards

extension ArrayLayout: ExpressibleByArgument {}

struct SourceOptions: ParsableArguments {
    @Option(help: "The order of an array's axes (default: told by the shape where it leaves no doubt).")
    var layout: ArrayLayout?

    @Option(parsing: .unconditional, help: "Frames of a sequence, for folders and for the layout concatenated.")
    var frames: Int?

    @Option(help: "Which array of a .npz file.")
    var key: String?

    @Option(
        parsing: .unconditional,
        help: "Frames from the start of a clip's sequence to the start of the next one (default: --frames).")
    var stride: Int?

    @Flag(help: "Make one channel of colored frames.")
    var gray = false

    func validate() throws {
        if let frames { try OptionCheck.require(frames, in: 1...SequenceGeometry.mostFrames, "--frames") }
        if let stride { try OptionCheck.require(stride, in: 1...1_000_000, "--stride") }
    }

    /// The sequences of a file or folder; prints a line about what is not obvious from it.
    func open(_ path: String, scratchFolder: String) throws -> any RawSequences {
        Self.isFolder(path) ? try clips(path) : try array(path, scratchFolder)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private func clips(_ path: String) throws -> ClipSequences {
        guard layout == nil, key == nil else {
            throw ValidationError("\(path) is a folder; --layout and --key are for arrays, leave them out.")
        }
        guard let frames else {
            throw ValidationError(
                "\(path) is a folder; give the frames of a sequence with --frames, for example --frames 20.")
        }
        let stride = stride ?? frames
        let clips = try ClipSequences(folder: path, frames: frames, stride: stride, asGray: gray)
        for remark in clips.remarks { StandardOutput.print(remark) }
        if clips.leftOver > 0 {
            let short =
                clips.tooShort > 0
                ? "; \(counted(clips.tooShort, "clip")) \(clips.tooShort == 1 ? "has" : "have") fewer than \(frames)"
                : ""
            let are = clips.leftOver == 1 ? "is" : "are"
            StandardOutput.print("\(path): \(counted(clips.leftOver, "frame")) \(are) in no sequence\(short)")
        }
        if stride < frames {
            StandardOutput.print(
                "\(path): neighboring sequences share frames, also where one split ends and the next begins")
        }
        return clips
    }

    private func array(_ path: String, _ scratchFolder: String) throws -> ArraySequences {
        let array = try NpyFile(path: path, key: key, scratchFolder: scratchFolder)
        guard stride == nil, !gray else {
            throw ValidationError("\(path) is an array; --stride and --gray are for folders of frames, leave them out.")
        }
        return try ArraySequences(array, layout: chosenLayout(array), frames: frames)
    }

    private func chosenLayout(_ array: NpyFile) throws -> ArrayLayout {
        if let layout { return layout }
        let reading = try ArrayLayout.read(array.header.shape, file: array.path)
        StandardOutput.print("\(array.path): shape \(array.header.shape), read as \(reading)")
        return reading.layout
    }
}
