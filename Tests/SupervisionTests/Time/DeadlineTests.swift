import Supervision
import Configuration
import Testing

@Suite struct TimeLimitTests {
    @Test(arguments: [
        ("90s", 90.0), ("30m", 1800), ("2h", 7200), ("1d", 86_400), ("1h30m", 5400), ("1d2h3m4s", 93_784),
        ("30:00", 1800),
        ("90:00", 5400), ("12:00:00", 43_200), ("1-12", 129_600), ("1-12:30", 131_400), ("1-12:00:00", 129_600),
    ])
    func timesArePeoplesAndBatchSystems(text: String, seconds: Double) throws {
        let limit = try #require(TimeLimit(text))
        #expect(limit.seconds == seconds && limit.description == text)
    }

    @Test(arguments: [
        "", "5", "0s", "0:00", "-1h", "1.5h", "2 h", "1h2d", "h", "1-", ":30", "1:2:3:4", "never", "9999999d",
    ])
    func othersAreNone(text: String) { #expect(TimeLimit(text) == nil) }
}

@Suite struct DeadlineTests {
    /// By the initial estimates, 100 MB are saved in 2 s, and a validation of 6 batches takes 3 steps.
    private func deadline(_ limit: String) -> Deadline {
        Deadline(TimeLimit(limit)!, checkpointSize: 100_000_000, validationBatches: 6)
    }

    @Test func aStepAndItsCheckpointMustFit() {
        var deadline = deadline("100s")
        deadline.took(step: 8)
        // 1.1 (8 + 2) + 1
        #expect(!deadline.isNear(after: 87.9, validations: 0) && deadline.isNear(after: 88.1, validations: 0))
        #expect(!deadline.isNear(after: 61.5, validations: 1) && deadline.isNear(after: 61.7, validations: 1))
        deadline.took(checkpoint: 12)
        deadline.took(validation: 20)
        #expect(!deadline.isNear(after: 76.9, validations: 0) && deadline.isNear(after: 77.1, validations: 0))
        #expect(!deadline.isNear(after: 32.9, validations: 2) && deadline.isNear(after: 33.1, validations: 2))
    }

    @Test func oneSlowStepIsForgotten() {
        var deadline = deadline("100s")
        deadline.took(step: 50)
        for step in 1..<10 {
            deadline.took(step: 1)
            #expect(deadline.isNear(after: 50, validations: 0), "\(step)")
        }
        deadline.took(step: 1)
        #expect(!deadline.isNear(after: 50, validations: 0))
    }
}
