// Results on standard output. The choice: a failed write is recorded and not thrown, so that a table needs no `try`;
// the program ends with an error later.

import Glibc
import Synchronization

package enum StandardOutput {
    private struct State {
        /// The text not yet written: unless output goes to a terminal, lines are buffered, as in other programs.
        var text = ""

        /// The system's error number of the first write that failed.
        var failure: Int32?
    }

    private static let state = Mutex(State())
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    private static let most = 32_768

    /// Writes a value's description and a newline. After a failed write nothing more is written.
    package static func print(_ value: some CustomStringConvertible, terminator: String = "\n") {
        let isFull = state.withLock { state in
            state.text += value.description + terminator
            return isTerminal || state.text.utf8.count > most
        }
        if isFull { flush() }
    }

    /// Writes the buffered text: before anything on standard error, and at the end.
    package static func flush() {
        state.withLock { state in
            if !state.text.isEmpty, state.failure == nil {
                state.failure = StandardStreams.write(state.text, to: STDOUT_FILENO)
            }
            state.text = ""
        }
    }

    /// Throws `LostOutput` unless everything was written.
    package static func requireWritten() throws(LostOutput) {
        flush()
        if let number = state.withLock({ $0.failure }) { throw LostOutput(number) }
    }
}

/// The error when computed results could not be written.
package struct LostOutput: Error, Equatable, CustomStringConvertible {
    private let number: Int32

    init(_ number: Int32) { self.number = number }

    /// The exit code: 1, or what a shell reports for a program whose pipe lost its reader.
    package var exitCode: Int32 { number == EPIPE ? 128 + SIGPIPE : 1 }

    /// The message; empty for a pipe without a reader, which is no error, as with `| head`.
    package var description: String {
        if number == EPIPE { return "" }
        let reason = String(cString: strerror(number)).lowercased()
        return "standard output could not be written (\(reason)); its results are lost, so \(advice)"
    }

    private var advice: String {
        switch number {
        case ENOSPC, EDQUOT: "free some space, or write to another disk"
        case EFBIG: "raise the limit on the size of files, ulimit -f"
        case EBADF: "start the program with standard output open"
        default: "look at where it goes, then try again"
        }
    }
}
