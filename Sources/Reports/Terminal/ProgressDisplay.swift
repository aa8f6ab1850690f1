// One line that shows the progress of a long job. The choice: on a terminal it is rewritten in place, elsewhere a plain
// line appears every few seconds; the caller decides the text, this class decides when to print it.
import Foundation
import Platform

/// A line on standard error, or wherever `write` sends it, that shows the latest state of a job.
package final class ProgressLine {
    private let terminalWidth: Int?
    private let interval: Double
    private let write: (String) -> Void
    private var lastShown = -Double.infinity
    private var visible = ""

    /// Makes a line of at most `terminalWidth` characters that is rewritten in place, or plain lines if that is nil, at
    /// most one per `interval` seconds; the default is a tenth of a second on a terminal and 10 s elsewhere.
    package init(terminalWidth: Int?, interval: Double? = nil, write: @escaping (String) -> Void) {
        self.terminalWidth = terminalWidth
        self.interval = interval ?? (terminalWidth == nil ? 10 : 0.1)
        self.write = write
    }

    /// The line for standard error, whether that is a terminal or not.
    package static func onStandardError() -> ProgressLine {
        ProgressLine(terminalWidth: widthOfTerminal(STDERR_FILENO), write: StandardError.write)
    }

    /// Shows the state of the job, unless the last one was shown too recently. `now` is in seconds.
    package func show(_ state: @autoclosure () -> String, now: Double = Platform.now()) {
        guard now - lastShown >= interval else { return }
        lastShown = now
        display(state())
    }

    /// Prints a separate message above the line.
    package func say(_ message: String) {
        guard terminalWidth != nil else { return write(message + "\n") }
        write(clearLine + message + "\n" + visible)
    }

    /// Shows the job's last state, and ends the line.
    package func finish(_ state: String) {
        display(state)
        if terminalWidth != nil { write("\n") }
        visible = ""
    }

    /// Erases the line on a terminal.
    package func erase() {
        if terminalWidth != nil { write(clearLine) }
        visible = ""
    }

    private func display(_ state: String) {
        guard let terminalWidth else { return write(state + "\n") }
        // A line as wide as the terminal would wrap, and the next one could not overwrite it.
        visible = String(state.prefix(terminalWidth - 1))
        write(clearLine + visible)
    }

    /// The control sequence that moves to the first column and erases the line (ECMA-48: EL).
    private var clearLine: String { "\r\u{1B}[K" }
}

/// The number of columns of the terminal behind a file descriptor; nil if it is not a terminal.
package func widthOfTerminal(_ descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
}
