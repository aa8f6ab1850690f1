// Results on standard output. The choice: a failed write is remembered rather than thrown, so that a table needs no
// `try`, and makes the program end with an error.

import Glibc
import Synchronization

package enum StandardOutput {
    private struct State {
        /// What is yet to be written: where no person looks on, lines go out together, as they do from other programs.
        var text = ""

        /// The system's error number of the first write that failed.
        var failure: Int32?
    }

    private static let state = Mutex(State())
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    private static let most = 32_768

    /// Writes a value's description and a newline. Nothing more is written once that failed.
    package static func print(_ value: some CustomStringConvertible, terminator: String = "\n") {
        let isFull = state.withLock { state in
            state.text += value.description + terminator
            return isTerminal || state.text.utf8.count > most
        }
        if isFull { flush() }
    }

    /// Writes what was held back: before anything is said on standard error, and at the end.
    package static func flush() {
        state.withLock { state in
            if !state.text.isEmpty, state.failure == nil {
                state.failure = StandardStreams.write(state.text, to: STDOUT_FILENO)
            }
            state.text = ""
        }
    }

    /// Throws `LostOutput` if not all could be written.
    package static func requireWritten() throws(LostOutput) {
        flush()
        if let number = state.withLock({ $0.failure }) { throw LostOutput(number) }
    }
}

/// Results that were computed, and that nobody can read.
package struct LostOutput: Error, Equatable, CustomStringConvertible {
    private let number: Int32

    init(_ number: Int32) { self.number = number }

    /// 1; or what a shell reports of a program that ended because nobody reads its pipe any more.
    package var exitCode: Int32 { number == EPIPE ? 128 + SIGPIPE : 1 }

    /// Empty for a pipe that nobody reads: as with `| head`, that is no fault to speak of.
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
