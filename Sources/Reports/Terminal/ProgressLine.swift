// One line that follows a long job. The choice: on a terminal it is rewritten in place, anywhere else a plain line
// appears every few seconds; what it says is the caller's, when it says it is decided here.
import Foundation
import Platform

/// A line on standard error, or wherever `write` puts it, that always shows the latest state of a job.
package final class ProgressLine {
    private let terminalWidth: Int?
    private let interval: Double
    private let write: (String) -> Void
    private var lastShown = -Double.infinity
    private var visible = ""

    /// A line of at most `terminalWidth` characters rewritten in place, or plain lines where that is nil, at most one
    /// every `interval` seconds: a tenth of a second on a terminal and 10 s elsewhere, unless told.
    package init(terminalWidth: Int?, interval: Double? = nil, write: @escaping (String) -> Void) {
        self.terminalWidth = terminalWidth
        self.interval = interval ?? (terminalWidth == nil ? 10 : 0.1)
        self.write = write
    }

    /// The line for standard error, whatever that is connected to.
    package static func onStandardError() -> ProgressLine {
        ProgressLine(terminalWidth: widthOfTerminal(STDERR_FILENO), write: StandardError.write)
    }

    /// Shows the state of the job, unless the last one was shown too short a while ago. `now` is in seconds.
    package func show(_ state: @autoclosure () -> String, now: Double = ProcessInfo.processInfo.systemUptime) {
        guard now - lastShown >= interval else { return }
        lastShown = now
        display(state())
    }

    /// Prints a message of its own above the line.
    package func say(_ message: String) {
        guard terminalWidth != nil else { return write(message + "\n") }
        write(clearLine + message + "\n" + visible)
    }

    /// Shows the job's last state, and leaves the line to whatever is printed next.
    package func finish(_ state: String) {
        display(state)
        if terminalWidth != nil { write("\n") }
        visible = ""
    }

    /// Leaves nothing of the line to be seen on a terminal.
    package func erase() {
        if terminalWidth != nil { write(clearLine) }
        visible = ""
    }

    private func display(_ state: String) {
        guard let terminalWidth else { return write(state + "\n") }
        // A line as wide as the terminal would wrap, and the next one could not cover it.
        visible = String(state.prefix(terminalWidth - 1))
        write(clearLine + visible)
    }

    /// To the first column, and erase what stands behind it (ECMA-48: EL).
    private var clearLine: String { "\r\u{1B}[K" }
}

/// The columns of the terminal behind a file descriptor, or nil where there is none.
package func widthOfTerminal(_ descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
}
