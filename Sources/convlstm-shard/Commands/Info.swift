// `convlstm-shard info`: shows the contents of a folder of shards.

import ArgumentParser
import CommandSupport
import Formats
import Platform
import Shards

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a folder of shards holds.",
        discussion: "Example: convlstm-shard info mnist_test_seq.shards")

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func validate() throws { try OptionCheck.requireNames([("the folder", folder)]) }

    func run() throws {
        let manifest = try Manifest(folder: folder)
        let raw = manifest.sequences * manifest.sequenceBytes
        let stored = manifest.shards.reduce(0) { $0 + $1.bytes }
        StandardOutput.print("sequences  \(manifest.sequences) of \(manifest.geometry)")
        let range = "\(manifest.valueRange[0]) to \(manifest.valueRange[1])"
        let unit = manifest.values?.unit.map { " " + $0 } ?? ""
        StandardOutput.print("values     \(manifest.elementType.rawValue), \(range)\(unit)")
        for (label, text) in facts(manifest) { StandardOutput.print(padded(label) + text) }
        if let inputs = manifest.inputs {
            StandardOutput.print("inputs     apart from these sequences, in \(folder)/\(inputs)")
        }
        StandardOutput.print("size       \(inMB(stored)), unpacked \(inMB(raw))")
        for split in manifest.splits where split.sequences > 0 {
            let times = times(manifest, split.range).map { ", " + $0 } ?? ""
            StandardOutput.print(
                "\(padded(split.name.rawValue))\(split.sequences): \(split.first) to \(split.range.upperBound - 1)\(times)"
            )
        }
        for shard in manifest.shards {
            StandardOutput.print("\(shard.file)  \(shard.first) to \(shard.range.upperBound - 1), \(inMB(shard.bytes))")
        }
        if manifest.values != nil { try histogram() }
    }

    /// What is known of the numbers and times, with a label for each.
    private func facts(_ manifest: Manifest) -> [(String, String)] {
        var lines: [(String, String)] = []
        if let values = manifest.values {
            lines.append(("stored", values.inWords))
            lines.append(("missing", "\(inPercent(manifest.missingShare)) of the pixels"))
        }
        if let times = times(manifest, 0..<manifest.sequences) { lines.append(("times", times)) }
        if let step = manifest.timeStep { lines.append(("step", "\(step) s from a frame to the next")) }
        for (name, text) in (manifest.values?.attributes ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append(("attribute", "\(name): \(text)"))
        }
        return lines
    }

    /// The times of the first and the last frame of some sequences; nil if they are not known.
    private func times(_ manifest: Manifest, _ sequences: Range<Int>) -> String? {
        guard let times = manifest.times?[sequences], let first = times.min(), let last = times.max() else {
            return nil
        }
        let length = Double(manifest.geometry.frames - 1) * (manifest.timeStep ?? 0)
        return "\(first) to \(last + Int(length))"
    }

    private func histogram() throws {
        do {
            for line in try ValueHistogram(folder: folder).lines { StandardOutput.print(line) }
        } catch let error as FormatError {
            StandardOutput.print("histogram  not shown: \(error)")
        }
    }

    private func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, 11 - label.count))
    }
}
