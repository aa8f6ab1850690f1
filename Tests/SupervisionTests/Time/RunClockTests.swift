import Supervision
import Testing

/// The time that a run still takes.
@Suite struct RunClockTests {
    /// 10 steps of 2 s with a validation of 6 s after every fourth and after the last one.
    @Test func validationsAreCounted() {
        var clock = RunClock(steps: 10, validationEvery: 4, validationBatches: 9)
        clock.took(step: 2)
        // Not measured yet: a third of a step for each batch.
        #expect(clock.left(after: 1, validated: false) == 18 + 3 * 6)
        clock.took(validation: 5)
        #expect(clock.left(after: 4, validated: false) == 12 + 3 * 5)
        #expect(clock.left(after: 4, validated: true) == 12 + 2 * 5)
        #expect(clock.left(after: 9, validated: false) == 2 + 5)
        #expect(clock.left(after: 10, validated: false) == 5 && clock.done(after: 10, validated: false) < 1)
        #expect(clock.left(after: 10, validated: true) == 0 && clock.done(after: 10, validated: true) == 1)
        #expect(abs(clock.done(after: 5, validated: false) - Double(10 + 5) / Double(20 + 15)) < 1e-12)
    }

    @Test func withoutValidationsStepsAreAll() {
        var clock = RunClock(steps: 4, validationEvery: nil, validationBatches: 0)
        #expect(clock.left(after: 0, validated: false) == 0)
        clock.took(step: 1)
        #expect(clock.left(after: 1, validated: false) == 3 && clock.done(after: 3, validated: false) == 0.75)
    }

    /// The first values count alike, and later ones make the early ones forgotten.
    @Test func aSmoothedValueForgets() {
        var value = Smoothed(weight: 0.1)
        #expect(value.value == nil)
        for new in [4.0, 2, 3] { value.add(new) }
        #expect(value.value == 3)
        for _ in 0..<100 { value.add(7) }
        #expect(abs((value.value ?? 0) - 7) < 1e-3)
    }
}
