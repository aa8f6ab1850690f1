// The progress of a training run in one line. The choice: pure formatting of values that the loop already has.
import Foundation

/// The content of a run's progress line.
package struct TrainingProgress: Equatable, Sendable {
    package var step: Int
    package var steps: Int
    /// The mean loss over the samples of all ranks in the latest step.
    package var loss: Double
    package var sequencesPerSecond: Double
    package var secondsPerStep: Double

    package init(step: Int, steps: Int, loss: Double, sequencesPerSecond: Double, secondsPerStep: Double) {
        self.step = step
        self.steps = steps
        self.loss = loss
        self.sequencesPerSecond = sequencesPerSecond
        self.secondsPerStep = secondsPerStep
    }

    /// The line, such as "step 120/2000  6 %  loss 0.01234  34.5 seq/s  2 min 05 s left".
    package var line: String {
        [
            "step \(step)/\(steps)", "\(steps == 0 ? 100 : step * 100 / steps) %",
            "loss \(String(format: "%.4g", loss))", "\(String(format: "%.1f", sequencesPerSecond)) seq/s",
            "\(durationInWords(secondsPerStep * Double(steps - step))) left",
        ].joined(separator: "  ")
    }
}
