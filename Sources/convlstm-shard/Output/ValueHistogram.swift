// How often values occur in a data set. The choice: some sequences, evenly chosen, tell it in a second, however large the data
// set is; the line says how many they were.

import Shards

/// The shares of values in ten intervals of the data set's range.
struct ValueHistogram {
    private let counts: [Int]
    private let range: ClosedRange<Float>
    private let unit: String
    private let sequences: (read: Int, all: Int)
    private static let intervals = 10, mostValues = 1 << 26, width = 30

    /// Reads sequences of a folder.
    init(folder: String) throws {
        let manifest = try Manifest(folder: folder)
        let wanted = min(manifest.sequences, max(1, Self.mostValues / manifest.geometry.elements))
        let chosen = (0..<wanted).map { $0 * manifest.sequences / wanted }
        let set = try ShardSet(folder: folder, reading: chosen.map { $0..<$0 + 1 })
        var counts = [Int](repeating: 0, count: Self.intervals)
        let range = set.valueRange,
            scale = Float(Self.intervals) / max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        for sequence in chosen {
            for value in try set.sequence(sequence) where !value.isNaN {
                counts[min(Self.intervals - 1, Int((value - range.lowerBound) * scale))] += 1
            }
        }
        (self.counts, self.range, unit, sequences) = (counts, range, set.unit ?? "", (wanted, manifest.sequences))
    }

    /// A line for each interval.
    var lines: [String] {
        let all = max(1, counts.reduce(0, +)), most = max(1, counts.max() ?? 1)
        let step = (range.upperBound - range.lowerBound) / Float(Self.intervals)
        let of = sequences.read == sequences.all ? "all sequences" : "\(sequences.read) of \(sequences.all) sequences"
        let labels = counts.indices.map { interval -> String in
            let least = range.lowerBound + Float(interval) * step
            return "\(rounded(least)) to \(rounded(least + step)) \(unit)"
        }
        let widest = labels.map(\.count).max() ?? 0
        return ["histogram  of the values in \(of)"]
            + zip(labels, counts).map { label, count in
                let share = inPercent(Double(count) / Double(all)),
                    bar = String(repeating: "#", count: Self.width * count / most)
                return "           " + label + String(repeating: " ", count: widest - label.count + 8 - share.count)
                    + share
                    + (bar.isEmpty ? "" : " " + bar)
            }
    }

    private func rounded(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }
}

/// Formats a share with one decimal, such as "24.1 %".
func inPercent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
