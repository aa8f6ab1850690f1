// The progress of a long job on standard error. The choice: on a terminal some lines are rewritten in place, elsewhere a plain
// line appears every few seconds; the caller decides the text, this class decides when to print it.

import Platform
import Synchronization

/// What a display shows of a job.
package protocol ProgressText {
    /// The state in a line, for files and pipes.
    var line: String { get }

    /// The state in lines that a terminal has room for.
    func panel(on terminal: Terminal) -> [String]
}

extension String: ProgressText {
    package var line: String { self }
    package func panel(on terminal: Terminal) -> [String] { [self] }
}

/// The latest state of a job, on standard error or wherever `write` sends it. Any thread may use it.
package final class ProgressDisplay: Sendable {
    private struct State {
        var lastShown = -Double.infinity
        /// The lines that stand above the cursor of a terminal, and are replaced by the next ones.
        var visible: [String] = []
    }

    private let terminal: Terminal?
    private let interval: Double
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - terminal: where lines are rewritten in place; nil for plain lines.
    ///   - interval: the least seconds between two states, by default a tenth of a second on a terminal and 10 s elsewhere.
    package init(on terminal: Terminal?, interval: Double? = nil, write: @escaping @Sendable (String) -> Void) {
        (self.terminal, self.write) = (terminal, write)
        self.interval = interval ?? (terminal == nil ? 10 : 0.1)
    }

    /// The display of this process.
    package static let standardError = ProgressDisplay(on: .ofStandardError, write: StandardError.write)

    /// Whether lines are rewritten in place.
    package var isLive: Bool { terminal != nil }

    /// Shows the state of the job, unless the last one was shown too recently. `now` is in seconds.
    package func show(_ text: @autoclosure () -> any ProgressText, now: Double = Platform.now()) {
        state.withLock { state in
            guard now - state.lastShown >= interval else { return }
            state.lastShown = now
            display(text(), &state)
        }
    }

    /// Prints a message above the state: on a terminal wrapped at words, with warnings in color.
    package func say(_ message: String) {
        state.withLock { state in
            guard let terminal else { return write(message + "\n") }
            write(above(state) + lines(Message(message).lines(on: terminal)) + lines(state.visible))
        }
    }

    /// Shows the job's last state, which then stays.
    package func finish(_ text: any ProgressText) {
        state.withLock { state in
            display(text, &state)
            state.visible = []
        }
    }

    /// Removes the state from a terminal.
    package func erase() {
        state.withLock { state in
            if terminal != nil, !state.visible.isEmpty { write(above(state)) }
            state.visible = []
        }
    }

    private func display(_ text: any ProgressText, _ state: inout State) {
        guard let terminal else { return write(text.line + "\n") }
        let width = terminal.width
        // A line as wide as the terminal would wrap, and the next state could not replace it.
        let shown = text.panel(on: terminal).map { String($0.prefix(width - 1)) }
        write(above(state) + lines(shown))
        state.visible = shown
    }

    private func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    /// The control sequences that move to the first visible line and erase all from there (ECMA-48: CPL, ED).
    private func above(_ state: State) -> String {
        state.visible.isEmpty ? "" : "\u{1B}[\(state.visible.count)F\u{1B}[J"
    }
}
