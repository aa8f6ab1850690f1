// How sequences are divided into training, validation and test. The choice: the last ones are held back, as a number of
// sequences or from a time on; what lies across a border belongs to neither side.

/// What is held back for validation and for testing.
package struct Division: Sendable {
    /// The sequences of one part: so many, or those that begin at a time or later.
    package enum Part: Sendable {
        case amount(HeldBack)
        case from(UTCTime)
    }

    package var validation: Part, test: Part

    /// The least number of the source's frames between the last frame of one part and the first of the next.
    package var gap: Int

    package init(validation: Part, test: Part, gap: Int = 0) {
        (self.validation, self.test, self.gap) = (validation, test, gap)
    }

    /// All sequences for training.
    package static let nothing = Division(
        validation: .amount(HeldBack(count: 0)), test: .amount(HeldBack(count: 0)))
}
