import Reports
import Testing

/// The progress of a run in a line and on terminals.
@Suite struct TrainingProgressTests {
    private let progress: TrainingProgress = {
        var progress = TrainingProgress(
            step: 1040, of: 2000, epoch: 2, of: 7, loss: 0.0123449, sequencesPerSecond: 34.52, elapsed: 190, left: 125,
            done: 0.529, ranks: 8)
        progress.validation = .init(loss: 0.0131, best: 0.0129, bestStep: 800)
        progress.slowest = .init(rank: 3, excess: 0.124)
        return progress
    }()

    @Test func aFileGetsALine() {
        #expect(progress.line == "step 1040/2000  52 %  loss 0.01234  34.5 seq/s  2 min 05 s left")
    }

    @Test func aTerminalGetsAPanel() {
        let wide = progress.panel(on: Terminal(width: 120, hasLineCharacters: true))
        let bar = String(repeating: "━", count: 21) + String(repeating: "─", count: 19)
        #expect(wide[0] == "epoch 2/7 \(bar)  52 %  step 1040/2000  2 min 05 s left")
        #expect(
            wide[1] == "loss 0.01234  validation 0.0131, best 0.0129 at 800  34.5 seq/s  3 min 10 s so far"
                + "  8 ranks, rank 3 slowest by 12 %")
    }

    /// What there is no room for is left out, and no line is as wide as the terminal.
    @Test(arguments: [40, 60, 80, 100]) func narrowTerminalsGetLess(width: Int) {
        let panel = progress.panel(on: Terminal(width: width))
        #expect(panel.count == 2 && panel.allSatisfy { $0.count < width } && panel[0].contains("#...."), "\(panel)")
        #expect(panel[1].hasPrefix("loss 0.01234") && panel[0].contains("52 %"))
    }

    @Test func aValidationHasABarOfItsOwn() {
        var progress = progress
        progress.validating = 0.4
        let panel = progress.panel(on: Terminal(width: 80))
        #expect(panel[0].hasPrefix("validating ####") && panel[0].contains("40 %"), "\(panel)")
    }

    /// One rank is compared with nobody, and the best validation is said once.
    @Test func whatSaysNothingIsLeftOut() {
        var progress = progress
        (progress.ranks, progress.slowest) = (1, nil)
        progress.validation = .init(loss: 0.0129, best: 0.0129, bestStep: 1000)
        let figures = progress.panel(on: Terminal(width: 120))[1]
        #expect(figures == "loss 0.01234  validation 0.0129  34.5 seq/s  3 min 10 s so far")
    }

    /// 100 % are all: before that, a validation is still to come.
    @Test func nothingIsDoneBeforeTheEnd() {
        #expect(Bar(0.9999).percent == "99 %" && Bar(1).percent == "100 %" && Bar(.nan).percent == "0 %")
    }

    @Test(arguments: [
        (0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (11_520, "3 h 12 min"),
        (187_200, "2 d 04 h"), (-3, "0 s"), (.infinity, "unknown"), (.nan, "unknown"),
    ])
    func durationsAreSaidInTwoUnits(seconds: Double, words: String) {
        #expect(durationInWords(seconds) == words)
    }
}
