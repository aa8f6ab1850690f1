import Reports
import Testing

/// The output of a progress line.
private final class Screen {
    var text = ""
}

@Suite struct ProgressLineTests {
    @Test func inAFileLinesComeEverySoManySeconds() {
        let screen = Screen()
        let line = ProgressLine(terminalWidth: nil, interval: 10) { screen.text += $0 }
        for second in 0..<25 { line.show("second \(second)", now: Double(second)) }
        line.say("saved")
        line.finish("done")
        #expect(screen.text == "second 0\nsecond 10\nsecond 20\nsaved\ndone\n")
    }

    @Test func onATerminalTheLineIsRewrittenInPlace() {
        let screen = Screen()
        let line = ProgressLine(terminalWidth: 80, interval: 0.1) { screen.text += $0 }
        line.show("one", now: 0)
        line.show("too soon", now: 0.05)
        line.show("two", now: 0.2)
        line.say("saved")
        line.finish("done")
        let clear = "\r\u{1B}[K"
        #expect(screen.text == "\(clear)one\(clear)two\(clear)saved\ntwo\(clear)done\n")
    }

    @Test(arguments: [80, nil]) func anErasedLineIsGoneFromTerminals(width: Int?) {
        let screen = Screen()
        let line = ProgressLine(terminalWidth: width) { screen.text += $0 }
        line.show("one", now: 0)
        line.erase()
        line.say("said")
        let clear = "\r\u{1B}[K"
        #expect(screen.text == (width == nil ? "one\nsaid\n" : "\(clear)one\(clear)\(clear)said\n"))
    }

    @Test func theLineNeverWraps() {
        let screen = Screen()
        ProgressLine(terminalWidth: 10) { screen.text += $0 }.show("0123456789abcdef", now: 0)
        #expect(screen.text == "\r\u{1B}[K012345678")
    }

    @Test func trainingIsToldInOneLine() {
        let progress = TrainingProgress(
            step: 120, steps: 2000, loss: 0.0123449, sequencesPerSecond: 34.52, secondsPerStep: 0.0665)
        #expect(progress.line == "step 120/2000  6 %  loss 0.01234  34.5 seq/s  2 min 05 s left")
        var last = progress
        last.step = 2000
        #expect(last.line == "step 2000/2000  100 %  loss 0.01234  34.5 seq/s  0 s left")
    }

    @Test(arguments: [
        (0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (11_520, "3 h 12 min"),
        (187_200, "2 d 04 h"), (-3, "0 s"), (.infinity, "unknown"), (.nan, "unknown"),
    ])
    func durationsAreSaidInTwoUnits(seconds: Double, words: String) {
        #expect(durationInWords(seconds) == words)
    }
}
