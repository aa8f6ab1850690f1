// `convlstm-shard verify`: whether a folder of shards is as it was written.

import ArgumentParser
import Shards

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every shard with its SHA-256, and name the sequences that are lost.",
        discussion: "The exit code is 1 if anything is damaged.")

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func run() throws {
        let manifest = try Manifest(folder: folder)
        let damages = try verify(manifest)
        for damage in damages { print(damage) }
        guard damages.isEmpty else {
            throw ShardError("\(damages.count) of \(manifest.shards.count) shards in \(folder) are damaged; copy them "
                + "again, or split the data again")
        }
        print("\(folder): all \(manifest.shards.count) shards are as they were written, "
            + "\(manifest.sequences) sequences")
    }

    private func verify(_ manifest: Manifest) throws -> [ShardDamage] {
        let bar = ProgressBar("verifying", total: manifest.shards.count)
        return try manifest.shards.enumerated().compactMap { index, shard in
            let damage = manifest.damage(of: shard, in: folder)
            try bar.update(index + 1)
            return damage
        }
    }
}
