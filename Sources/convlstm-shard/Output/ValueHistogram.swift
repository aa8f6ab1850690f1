// How often values occur in a data set. The choice: some sequences, evenly chosen, tell it in a second, however large the data
// set is; the line says how many they were. Rain is counted by the steps of its colors, since most of it is drizzle.

import Reports
import Shards

/// The shares of values in intervals.
struct ValueHistogram {
    private let counts: [Int]
    /// The lower ends of the intervals, ascending; whatever is below the first belongs to it.
    private let bounds: [Float]
    private let range: ClosedRange<Float>
    private let unit: String
    private let sequences: (read: Int, all: Int)
    private static let mostValues = 1 << 26, width = 30

    /// Reads sequences of a folder.
    init(folder: String) throws {
        let manifest = try Manifest(folder: folder)
        let wanted = min(manifest.sequences, max(1, Self.mostValues / manifest.geometry.elements))
        let chosen = (0..<wanted).map { $0 * manifest.sequences / wanted }
        let set = try ShardSet(folder: folder, reading: chosen.map { $0..<$0 + 1 })
        let bounds = Self.bounds(set.valueRange, unit: set.unit)
        var counts = [Int](repeating: 0, count: bounds.count)
        for sequence in chosen {
            for value in try set.sequence(sequence) where !value.isNaN {
                counts[bounds.lastIndex { value >= $0 } ?? 0] += 1
            }
        }
        (self.counts, self.bounds, range) = (counts, bounds, set.valueRange)
        (unit, sequences) = (set.unit.map { " " + $0 } ?? "", (wanted, manifest.sequences))
    }

    /// The steps of rain that occur, and what is below the first; otherwise ten intervals of one length.
    private static func bounds(_ range: ClosedRange<Float>, unit: String?) -> [Float] {
        if let steps = ColorScale(unit: unit, range: range).thresholds {
            return [min(range.lowerBound, steps[0])] + steps.filter { $0 <= range.upperBound }
        }
        return (0..<10).map { range.lowerBound + Float($0) * (range.upperBound - range.lowerBound) / 10 }
    }

    /// A line for each interval.
    var lines: [String] {
        let all = max(1, counts.reduce(0, +)), most = max(1, counts.max() ?? 1)
        let of = sequences.read == sequences.all ? "all sequences" : "\(sequences.read) of \(sequences.all) sequences"
        let labels = counts.indices.map { interval -> String in
            let end = interval + 1 < bounds.count ? bounds[interval + 1] : max(bounds[interval], range.upperBound)
            return "\(rounded(bounds[interval])) to \(rounded(end))\(unit)"
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
