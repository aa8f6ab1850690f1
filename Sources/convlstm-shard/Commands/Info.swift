// `convlstm-shard info`: shows the contents of a folder of shards.

import ArgumentParser
import CommandSupport
import Platform
import Shards

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a folder of shards holds.")

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func validate() throws { try OptionCheck.requireNames([("the folder", folder)]) }

    func run() throws {
        let manifest = try Manifest(folder: folder)
        let raw = manifest.sequences * manifest.sequenceBytes
        let stored = manifest.shards.reduce(0) { $0 + $1.bytes }
        StandardOutput.print("sequences  \(manifest.sequences) of \(manifest.geometry)")
        let range = "\(manifest.valueRange[0]) to \(manifest.valueRange[1])"
        StandardOutput.print("values     \(manifest.elementType.rawValue), \(range)")
        if let inputs = manifest.inputs {
            StandardOutput.print("inputs     apart from these sequences, in \(folder)/\(inputs)")
        }
        StandardOutput.print("size       \(inMB(stored)), unpacked \(inMB(raw))")
        for split in manifest.splits where split.sequences > 0 {
            let label = padded(split.name.rawValue)
            StandardOutput.print("\(label)\(split.sequences): \(split.first) to \(split.range.upperBound - 1)")
        }
        for shard in manifest.shards {
            StandardOutput.print("\(shard.file)  \(shard.first) to \(shard.range.upperBound - 1), \(inMB(shard.bytes))")
        }
    }

    private func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, 11 - label.count))
    }
}
