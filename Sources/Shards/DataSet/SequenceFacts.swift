// What is known of sequences beyond their numbers. The choice: all of it is optional, and a data set of which nothing is known
// is written as it was before any of it could be.

/// The meaning of the numbers, and the times of frames.
package struct SequenceFacts: Equatable, Sendable {
    /// What the stored numbers mean; nil if they are the values.
    package var values: ValueDescription?
    /// The seconds from a frame to the next; nil if not known.
    package var timeStep: Double?
    /// The time of the first frame of each sequence; nil if not known.
    package var times: [UTCTime]?

    package init(values: ValueDescription? = nil, timeStep: Double? = nil, times: [UTCTime]? = nil) {
        (self.values, self.timeStep, self.times) = (values, timeStep, times)
    }

    /// How other sequences differ from these in kind, as a clause about the others; nil if they do not.
    package func difference(of other: SequenceFacts) -> String? {
        switch (values, other.values) {
        case (let own?, let its?) where !own.meansSame(as: its):
            return "its numbers mean \(own.inWords), and those of the new ones \(its.inWords)"
        case (let own?, nil): return "its numbers mean \(own.inWords), and nothing says what those of the new ones mean"
        case (nil, let its?): return "nothing says what its numbers mean, and those of the new ones mean \(its.inWords)"
        default: break
        }
        if timeStep != other.timeStep {
            return
                "its frames are \(Self.inWords(timeStep)) apart, and those of the new ones \(Self.inWords(other.timeStep))"
        }
        if (times == nil) != (other.times == nil) {
            return times == nil
                ? "the times of its sequences are not known, and those of the new ones are"
                : "the times of its sequences are known, and those of the new ones are not"
        }
        return nil
    }

    private static func inWords(_ step: Double?) -> String { step.map { "\($0) s" } ?? "an unknown time" }
}

extension Manifest {
    /// What is known of the sequences.
    package var facts: SequenceFacts { SequenceFacts(values: values, timeStep: timeStep, times: times) }

    /// The share of the pixels that are missing.
    package var missingShare: Double {
        Double(shards.reduce(0) { $0 + ($1.missing ?? 0) }) / (Double(sequences) * Double(geometry.elements))
    }

    /// The reading of the stored numbers.
    package var numbers: StoredNumbers { StoredNumbers(elementType, values) }
}
