// What is said on standard error: progress, warnings and the sentence that ends a program. The choice: one that cannot
// be written is lost, as with other tools; it is no reason to end what was going on.

import Glibc

package enum StandardError {
    /// Writes a text, after the results that came before it; its newline is the caller's.
    package static func write(_ text: String) {
        StandardOutput.flush()
        _ = StandardStreams.write(text, to: STDERR_FILENO)
    }
}
