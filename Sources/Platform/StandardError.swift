// Messages on standard error: progress, warnings and the sentence that ends a program. The choice: a message that
// cannot be written is lost, as with other tools; that does not end the program.

import Glibc

package enum StandardError {
    /// Writes a text, after all results printed before it; the caller adds the newline.
    package static func write(_ text: String) {
        StandardOutput.flush()
        _ = StandardStreams.write(text, to: STDERR_FILENO)
    }
}
