// The progress of a training run: a line for a file, a panel of two lines for a terminal. The choice: pure formatting of values
// that the run already has; what a terminal has no room for is left out, the least important first.

import Foundation

/// The state of a training run.
package struct TrainingProgress: Equatable, Sendable {
    /// The rank with the most work of its own in a step, and by which part that is more than the others' median.
    package struct SlowestRank: Equatable, Sendable {
        package var rank: Int, excess: Double

        package init(rank: Int, excess: Double) { (self.rank, self.excess) = (rank, excess) }
    }

    /// A loss measured on the validation sequences.
    package struct Validated: Equatable, Sendable {
        package var loss: Double, best: Double, bestStep: Int

        package init(loss: Double, best: Double, bestStep: Int) {
            (self.loss, self.best, self.bestStep) = (loss, best, bestStep)
        }
    }

    package var step: Int, steps: Int
    /// The epoch in progress, from 1, and the number of epochs of the run.
    package var epoch: Int, epochs: Int
    /// The loss, smoothed over the latest steps.
    package var loss: Double
    package var validation: Validated?
    package var sequencesPerSecond: Double
    /// The seconds since the first step of this process, and those until the end of the run.
    package var elapsed: Double, left: Double
    /// The part of the run's work that is done, validations counted.
    package var done: Double
    package var ranks: Int
    package var slowest: SlowestRank?
    /// The part of the validation sequences that are done; nil while training.
    package var validating: Double?

    package init(
        step: Int, of steps: Int, epoch: Int, of epochs: Int, loss: Double, sequencesPerSecond: Double, elapsed: Double,
        left: Double, done: Double, ranks: Int
    ) {
        (self.step, self.steps, self.epoch, self.epochs, self.loss) = (step, steps, epoch, epochs, loss)
        (self.sequencesPerSecond, self.elapsed, self.left) = (sequencesPerSecond, elapsed, left)
        (self.done, self.ranks) = (done, ranks)
    }
}

extension TrainingProgress: ProgressText {
    /// The line, such as "step 120/2000  6 %  loss 0.01234  34.5 seq/s  2 min 05 s left".
    package var line: String {
        [
            "step \(step)/\(steps)", Bar(done).percent, "loss \(short(loss))", speed, "\(durationInWords(left)) left",
        ].joined(separator: "  ")
    }

    package func panel(on terminal: Terminal) -> [String] {
        let width = terminal.width - 1
        return [head(width, terminal), fitted(figures, width)]
    }

    /// Such as "epoch 2/7 ━━━━━━━━━━──────────  52 %  step 1040/2000  2 min 05 s left".
    private func head(_ width: Int, _ terminal: Terminal) -> String {
        let name = validating == nil ? "epoch \(epoch)/\(epochs)" : "validating"
        let bar = Bar(validating ?? done)
        let rest = ["\(bar.percent)", "step \(step)/\(steps)", "\(durationInWords(left)) left"]
        let text = fitted(rest, width - name.count - 14)
        return
            "\(name) \(bar.drawn(width: max(10, min(40, width - name.count - text.count - 3)), on: terminal))  \(text)"
    }

    private var figures: [String] {
        var figures = ["loss \(short(loss))"]
        if let validation {
            let isBest = validation.loss <= validation.best
            figures.append(
                "validation \(short(validation.loss))"
                    + (isBest ? "" : ", best \(short(validation.best)) at \(validation.bestStep)"))
        }
        figures += [speed, "\(durationInWords(elapsed)) so far"]
        if ranks > 1 {
            let late = slowest.map { ", rank \($0.rank) slowest by \(Int((100 * $0.excess).rounded())) %" } ?? ""
            figures.append("\(ranks) ranks" + late)
        }
        return figures
    }

    private var speed: String { "\(String(format: "%.1f", sequencesPerSecond)) seq/s" }

    private func short(_ number: Double) -> String { String(format: "%.4g", number) }

    /// As many of the parts as there is room for.
    private func fitted(_ parts: [String], _ width: Int) -> String {
        var text = parts[0]
        for part in parts.dropFirst() {
            guard text.count + 2 + part.count <= width else { break }
            text += "  " + part
        }
        return text
    }
}
