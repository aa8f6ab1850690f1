// `convlstm-shard verify`: checks that a folder of shards is as it was written, and usable.

import Reports
import ArgumentParser
import CommandSupport
import Platform
import Shards

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Read every byte of a data set, compare it with digests and manifest, and name the sequences that are lost.",
        discussion: """
            The exit code is 1 if anything is damaged.

            Example: convlstm-shard verify mnist_test_seq.shards
            """)

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func validate() throws { try OptionCheck.requireNames([("the folder", folder)]) }

    /// A folder of shards: the data set, or the network inputs that replace its sequences.
    private struct Part {
        var folder: String, manifest: Manifest
        var ranges = [ClosedRange<Float>]()
    }

    func run() throws {
        let manifest = try Manifest(folder: folder)
        var parts = [Part(folder: folder, manifest: manifest)]
        if let inputs = manifest.inputs.map({ folder + "/" + $0 }) {
            let seen = try Manifest(folder: inputs).required(asInputsOf: manifest, inputs)
            parts.append(Part(folder: inputs, manifest: seen))
        }
        let shards = parts.reduce(0) { $0 + $1.manifest.shards.count }
        let damages = try examine(&parts, shards)
        for damage in damages { StandardOutput.print(damage) }
        guard damages.isEmpty else {
            let are = damages.count == 1 ? "is" : "are"
            throw ShardError(
                "\(damages.count) of \(counted(shards, "shard")) in \(folder) \(are) damaged; copy them again, or split the "
                    + "data again")
        }
        for part in parts {
            guard let complaint = part.manifest.complaint(aboutMeasured: part.ranges) else { continue }
            throw ShardError(
                "\(part.folder)/\(Manifest.fileName) is damaged: \(complaint); copy it again, or split the data again")
        }
        let all = shards == 1 ? "its shard is as it was" : "all \(shards) shards are as they were"
        StandardOutput.print("\(folder): \(all) written, \(counted(manifest.sequences, "sequence"))")
    }

    private func examine(_ parts: inout [Part], _ shards: Int) throws -> [ShardDamage] {
        let bar = ProgressBar("verifying", total: shards)
        var damages = [ShardDamage](), done = 0
        for index in parts.indices {
            for shard in parts[index].manifest.shards {
                let found = parts[index].manifest.examination(of: shard, in: parts[index].folder)
                if let damage = found.damage { damages.append(damage) }
                if let values = found.values { parts[index].ranges.append(values) }
                done += 1
                try bar.update(done)
            }
        }
        return damages
    }
}
