// Handles failed allocations. The choice: the process ends with a sentence and exit code 1, in one place for all, since
// hardly any code could continue; a program may set how the sentence is printed, and a job how it ends as a whole.

import Glibc
import Synchronization

package enum OutOfMemory {
    private static let speaker = Mutex<@Sendable (String) -> Void>({ StandardError.write("Error: \($0)\n") })

    /// Sets the function that receives the sentence; it may end the process in its own way.
    package static func onEnd(_ speak: @escaping @Sendable (String) -> Void) {
        speaker.withLock { $0 = speak }
    }

    /// Ends the process.
    ///
    /// - Parameter need: the purpose for which there is no memory.
    package static func end(_ need: String) -> Never {
        let speak = speaker.withLock { $0 }
        let limit = AddressSpace.limitInWords.map { " within \($0)" } ?? ""
        speak(
            "there is no memory for \(need)\(limit); use fewer threads, or a smaller batch or model, or raise the limit"
        )
        // Runs no destructors, because they could touch what other threads are using.
        _exit(1)
    }
}
