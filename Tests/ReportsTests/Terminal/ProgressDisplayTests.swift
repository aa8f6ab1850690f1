import Reports
import Synchronization
import Testing

/// What a display writes.
private final class Screen: Sendable {
    private let written = Mutex("")
    var text: String { written.withLock { $0 } }

    func write(_ text: String) { written.withLock { $0 += text } }
}

/// A state of two lines on a terminal, and one elsewhere.
private struct Panel: ProgressText {
    var line: String
    func panel(on terminal: Terminal) -> [String] { [line, "\(terminal.width) columns"] }
}

@Suite struct ProgressDisplayTests {
    private let screen = Screen()

    private func display(width: Int?, hasColors: Bool = false, interval: Double? = nil) -> ProgressDisplay {
        ProgressDisplay(
            on: width.map { Terminal(width: $0, hasColors: hasColors) }, interval: interval, write: screen.write)
    }

    /// What a terminal does to go back to the first of so many lines, and to erase from there.
    private func back(_ lines: Int) -> String { "\u{1B}[\(lines)F\u{1B}[J" }

    @Test func inAFileLinesComeEverySoManySeconds() {
        let display = display(width: nil, interval: 10)
        for second in 0..<25 { display.show(Panel(line: "second \(second)"), now: Double(second)) }
        display.say("saved")
        display.finish("done")
        #expect(screen.text == "second 0\nsecond 10\nsecond 20\nsaved\ndone\n")
    }

    @Test func onATerminalTheStateIsRewrittenInPlace() {
        let display = display(width: 80, interval: 0.1)
        display.show("one", now: 0)
        display.show("too soon", now: 0.05)
        display.show(Panel(line: "two"), now: 0.2)
        display.say("saved")
        display.finish("done")
        display.say("the end")
        #expect(
            screen.text == "one\n\(back(1))two\n80 columns\n\(back(2))saved\ntwo\n80 columns\n\(back(2))done\nthe end\n"
        )
    }

    @Test(arguments: [80, nil]) func anErasedStateIsGoneFromTerminals(width: Int?) {
        let display = display(width: width)
        display.show("one", now: 0)
        display.erase()
        display.erase()
        display.say("said")
        #expect(screen.text == (width == nil ? "one\nsaid\n" : "one\n\(back(1))said\n"))
    }

    @Test func noLineOfTheStateWraps() {
        display(width: 10).show("0123456789abcdef", now: 0)
        #expect(screen.text == "012345678\n")
    }

    /// Messages break at words, and a path stays whole, so that it can be copied.
    @Test func messagesWrapAtWords() {
        display(width: 31).say("step 12: saved runs/small/checkpoints/step-000000012.safetensors.zst at last")
        #expect(
            screen.text
                == "step 12: saved\n  runs/small/checkpoints/step-000000012.safetensors.zst\n  at last\n")
        display(width: nil).say("a message in a file is one line, however long it is")
        #expect(screen.text.hasSuffix("a message in a file is one line, however long it is\n"))
    }

    @Test func warningsStandOut() {
        display(width: 80, hasColors: true).say("warning: the disk is nearly full")
        display(width: 80).say("warning: again")
        display(width: 80, hasColors: true).say("no warning")
        #expect(
            screen.text == "\u{1B}[1;33mwarning:\u{1B}[0m the disk is nearly full\nwarning: again\nno warning\n")
    }
}
