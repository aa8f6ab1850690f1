// Every bit of the tables and of the index that a run's folder holds flipped, and the files cut at every length. The
// choice: neither has a checksum, and a run needs neither; what is read of them is what damage cannot have touched.

import Formats
import TestSupport
import Testing
import Trainer

@Suite(.timeLimit(.minutes(5))) struct EveryByteOfARunTests {
    let folder = try! TemporaryFolder(inMemory: true)

    private let header = "step,epoch,loss"
    private var rows: [String] { (10..<16).map { "\($0),0,0.\($0)" } }

    /// What a resumed run keeps of a table.
    private struct Kept {
        var steps: [Int], lines: [String]
        /// The rows that the damaged file still had.
        var untouched: [String]
    }

    private func kept(of bytes: [UInt8]) throws -> Kept {
        let path = try folder.write(bytes, to: "metrics.csv")
        let log = try LogFile(path: path, header: header, through: 15)
        let lines = String(decoding: try folder.bytes(of: "metrics.csv"), as: UTF8.self).split(separator: "\n")
        let before = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let untouched = rows.filter { before.dropLast().map(String.init).contains($0) }
        return Kept(steps: log.steps, lines: lines.dropFirst().map(String.init), untouched: untouched)
    }

    /// A resumed run keeps each whole row that the damage did not touch, as it was, up to its step.
    @Test func metricsTable() throws {
        let whole = Array(([header] + rows).map { $0 + "\n" }.joined().utf8)
        let damage = Damage.flips(of: whole.count) + Damage.cuts(of: whole.count)
        let trial = try DamageTrial(of: whole, under: damage, read: kept) { kept, _, _ in
            guard kept.steps.allSatisfy({ $0 <= 15 }), kept.steps.count == kept.lines.count else {
                return "keeps \(kept.lines) with the steps \(kept.steps)"
            }
            return kept.lines.filter(rows.contains) == kept.untouched ? nil : "keeps \(kept.lines)"
        }
        #expect(trial.faults.isEmpty)
        #expect(trial.refused == 0 && trial.read == damage.count)
    }

    /// The index is a sentence or a list of files; which of them is whole, the files themselves say.
    @Test func checkpointIndex() throws {
        let digest = String(repeating: "0123456789abcdef", count: 4)
        let file = "step-000000002.safetensors.zst"
        let entry = #"{"bytes": 900, "file": "\#(file)", "sha256": "\#(digest)", "step": 2}"#
        let whole = Array(#"{"best": "\#(file)", "checkpoints": [\#(entry)]}"#.utf8)
        let damage = Damage.flips(of: whole.count) + Damage.cuts(of: whole.count)
        let trial = try DamageTrial(of: whole, under: damage) {
            try folder.write($0, to: CheckpointIndex.fileName)
            return try CheckpointIndex(folder: folder.path)
        } faultOf: { content, _, _ in
            content.checkpoints.count == 1 ? nil : "lists \(content.checkpoints.count) files"
        }
        #expect(trial.faults.isEmpty)
        #expect(trial.refused > whole.count, "only \(trial.refused)")
    }
}
