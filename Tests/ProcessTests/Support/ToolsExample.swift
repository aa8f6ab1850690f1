// A trained run of the example, and the commands that use it.

import Formats
import Foundation
import TestSupport
import Testing

/// A run of four steps and arrays that do not match it, made once for all tests, in a folder of their own.
struct ToolsExample {
    let folder: TemporaryFolder
    let run = "tools"

    static let shared = Result { try ToolsExample() }

    private init() throws {
        let example = try TrainingExample.shared.get()
        folder = try TemporaryFolder()
        for name in ["tiny.shards", "tiny.yaml", "squares-shifted.npy"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(name), withDestinationPath: example.folder.file(name))
        }
        try train(run, ["--steps", "4"])
        for (name, shape) in [("short.npy", [2, 24, 24]), ("wide.npy", [4, 24, 25])] {
            let bytes = [UInt8](repeating: 1, count: shape.reduce(1, *))
            try NpyFile.write(bytes.span, header: NpyHeader(type: .uint8, shape: shape), to: folder.file(name))
        }
    }

    /// Trains the example's network in one process.
    func train(_ output: String, _ options: [String]) throws {
        let result = try dist(TrainingExample.shared.get().arguments(output, options))
        try #require(result.status == 0, "\(result.stderr)")
    }

    /// A data set in mm/h, made anew: of its frames after the third, every third pixel is missing. Its test split has
    /// three sequences.
    func rain() throws -> String {
        var values: [UInt8] = []
        for sequence in 0..<12 {
            for frame in 0..<6 {
                for pixel in 0..<24 * 24 {
                    let isMissing = frame >= 3 && (pixel + sequence) % 3 == 0
                    let rain = (pixel * 7 + frame * 11 + sequence * 29) % 211
                    values.append(isMissing ? 255 : UInt8(rain))
                }
            }
        }
        let name = "rain-\(UUID().uuidString)"
        try NpyFile.write(
            values.span, header: NpyHeader(type: .uint8, shape: [12, 6, 24, 24]), to: folder.file("\(name).npy"))
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", "\(name).npy", "--layout", "sequences-first", "--test", "3", "--missing", "255", "--scale",
                "0.2",
                "--unit", "mm/h",
            ], directory: folder.path)
        try #require(split.status == 0, "\(split.stderr)")
        return "\(name).shards"
    }

    /// Runs convlstm-dist with several ranks under mpirun, or for 0 ranks in one process.
    func dist(_ arguments: [String], ranks: Int = 0) throws -> CommandResult {
        ranks == 0
            ? try Command.run("convlstm-dist", arguments, directory: folder.path)
            : try Mpirun.run(ranks: ranks, "convlstm-dist", arguments, directory: folder.path)
    }

    /// The JSON object that a command prints.
    func json(_ arguments: [String], ranks: Int = 0) throws -> [String: Any] {
        let result = try dist(arguments + ["--json"], ranks: ranks)
        try #require(result.status == 0, "\(result)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any])
    }
}
