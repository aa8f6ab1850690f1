// Finds damage in a data set and says how far it goes. The choice: hashes decide whether a file is damaged, the frames
// inside which of its sequences are lost.

import Formats

/// A shard that is not as it was written.
package struct ShardDamage: Equatable, Sendable, CustomStringConvertible {
    package var file: String
    /// What is wrong with the file as a whole.
    package var reason: String
    /// The numbers of the sequences that cannot be read; empty if only the file's other bytes changed.
    package var sequences: [Int]

    package var description: String {
        let lost = sequences.isEmpty ? "all its sequences can still be read" : "lost: \(Self.list(sequences))"
        return "\(file): \(reason); \(lost)"
    }

    /// "sequence 3" or "sequences 3-7, 9".
    private static func list(_ numbers: [Int]) -> String {
        var runs = [ClosedRange<Int>]()
        for number in numbers {
            if let last = runs.last, last.upperBound == number - 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        let names = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return (numbers.count == 1 ? "sequence " : "sequences ") + names.joined(separator: ", ")
    }
}

extension Manifest {
    /// Reads a whole shard and compares its SHA-256; nil if it is as it was written.
    package func damage(of shard: Shard, in folder: String) -> ShardDamage? {
        let path = folder + "/" + shard.file
        do {
            let found = try Digest.ofFile(path)
            if found == shard.sha256 { return nil }
            return ShardDamage(
                file: path, reason: "its SHA-256 is \(found.prefix(12))..., not \(shard.sha256.prefix(12))...",
                sequences: lostSequences(of: shard, at: path))
        } catch {
            return ShardDamage(file: path, reason: "it cannot be read (\(error))", sequences: Array(shard.range))
        }
    }

    /// Every sequence whose frame no longer decodes.
    private func lostSequences(of shard: Shard, at path: String) -> [Int] {
        guard let file = try? SeekableZstdFile(path: path), file.frameCount == shard.sequences + 1 else {
            return Array(shard.range)
        }
        var bytes = [UInt8](repeating: 0, count: sequenceBytes)
        return shard.range.filter { sequence in
            let frame = 1 + sequence - shard.first
            guard file.contentSize(ofFrame: frame) == bytes.count else { return true }
            var span = bytes.mutableSpan
            return (try? file.decode(frame: frame, named: "sequence \(sequence)", into: &span)) == nil
        }
    }
}
