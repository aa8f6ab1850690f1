// Finds damage in a data set and its extent. The choice: a hash decides whether a file is damaged, and its frames tell
// which sequences are lost; an undamaged file must also match its manifest.

import Formats

/// The damage of a shard that differs from what was written.
package struct ShardDamage: Equatable, Sendable, CustomStringConvertible {
    package var file: String
    /// The problem of the file as a whole.
    package var reason: String
    /// The indices of the sequences that are lost; empty if only other bytes of the file changed.
    package var sequences: [Range<Int>]

    package var description: String {
        let lost = sequences.isEmpty ? "all its sequences can still be read" : "lost: \(Self.list(sequences))"
        return "\(file): \(reason); \(lost)"
    }

    /// A list of sequences, such as "sequence 3" or "sequences 3-7, 9".
    static func list(_ runs: [Range<Int>]) -> String {
        let names = runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
        let isOne = runs.count == 1 && runs[0].count == 1
        return (isOne ? "sequence " : "sequences ") + names.joined(separator: ", ")
    }
}

/// The result of reading every byte of a shard.
package struct ShardExamination: Sendable {
    /// The damage; nil if the shard is as it was written and matches its manifest.
    package var damage: ShardDamage?
    /// What was measured of the readable values; nothing where the type alone gives their range.
    var measured = ValueMeasurement()

    /// The smallest and largest of the readable values, where they are measured.
    package var values: ClosedRange<Float>? { measured.range }
}

extension Manifest {
    /// Reads a whole shard: compares its SHA-256, then checks everything that reads rely on.
    package func examination(of shard: Shard, in folder: String) -> ShardExamination {
        let path = folder + "/" + shard.file
        do {
            let digest = try Digest.ofFile(DataFolder.path(of: shard.file, in: folder))
            if digest != shard.sha256 {
                let reason = "its SHA-256 is \(digest.prefix(12))..., not \(shard.sha256.prefix(12))..."
                return damaged(path, reason: reason, sequences: contents(of: shard, at: path).lost)
            }
            _ = try open(shard, in: folder)
        } catch let error as FormatError {
            return damaged(
                path, reason: error.file == path ? "it \(error.problem)" : "\(error)", sequences: [shard.range])
        } catch let error as ShardError {
            return damaged(path, reason: "\(error)", sequences: [shard.range])
        } catch {
            return damaged(path, reason: "it cannot be read (\(error))", sequences: [shard.range])
        }
        let (lost, measured, odd) = contents(of: shard, at: path)
        if !lost.isEmpty { return damaged(path, reason: "its frames are not what its table says", sequences: lost) }
        if let odd { return damaged(path, reason: "it holds numbers that are not finite", sequences: [odd..<odd + 1]) }
        if let expected = shard.missing, expected != measured.missing {
            let reason = "it holds \(measured.missing) missing pixels, and \(Self.fileName) says \(expected)"
            return damaged(path, reason: reason, sequences: [])
        }
        return ShardExamination(damage: nil, measured: measured)
    }

    private func damaged(_ path: String, reason: String, sequences: [Range<Int>]) -> ShardExamination {
        ShardExamination(damage: ShardDamage(file: path, reason: reason, sequences: sequences))
    }

    /// The sequences whose frames do not decode, what is measured of the others, and the first sequence with a value that
    /// is not finite.
    private func contents(
        of shard: Shard, at path: String
    ) -> (lost: [Range<Int>], measured: ValueMeasurement, odd: Int?) {
        guard let file = try? SeekableZstdFile(path: path), file.frameCount == shard.sequences + 1 else {
            return ([shard.range], ValueMeasurement(), nil)
        }
        var bytes = [UInt8](repeating: 0, count: sequenceBytes)
        let numbers = numbers
        var lost = [Range<Int>](), measured = ValueMeasurement(), odd: Int?
        for sequence in shard.range {
            var span = bytes.mutableSpan
            let frame = 1 + sequence - shard.first, fits = file.contentSize(ofFrame: frame) == span.count
            guard fits, (try? file.decode(frame: frame, named: "sequence \(sequence)", into: &span)) != nil else {
                let follows = lost.last?.upperBound == sequence
                lost.append((follows ? lost.removeLast().lowerBound : sequence)..<sequence + 1)
                continue
            }
            guard hasMeasuredValues else { continue }
            let found = numbers.measure(bytes[...])
            measured.join(found)
            if found.isOdd { odd = odd ?? sequence }
        }
        return (lost, measured, odd)
    }

    /// How the manifest's value range differs from the measured ranges of all shards, in words; nil if it does not.
    package func complaint(aboutMeasured ranges: [ClosedRange<Float>]) -> String? {
        guard let first = ranges.first else { return nil }
        let found = ranges.dropFirst().reduce(first) { $0.joined($1) }
        guard [found.lowerBound, found.upperBound] != valueRange else { return nil }
        return "the values lie between \(found.lowerBound) and \(found.upperBound), and \(Self.fileName) says "
            + "\(valueRange[0]) and \(valueRange[1])"
    }
}
