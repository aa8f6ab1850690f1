// Starts a thread if the system allows it. The choice: the system's own call, because Foundation's Thread fails
// silently, and whoever waits for its work then waits forever.

import Glibc

package enum NewThread {
    /// The stack size of the main thread, in bytes: matrix products keep small matrices on the stack.
    private static let stackSize = 8 << 20

    /// Runs a body on a thread of its own, which ends when the body returns.
    ///
    /// - Parameter wanted: the total number of threads that the caller needs, for the error.
    package static func start(oneOf wanted: Int, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
        var attributes = pthread_attr_t(), thread = pthread_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(body))
        let number = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard number == 0 else {
            work.release()
            throw ThreadError(wanted: wanted, number: number)
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// The error when the system does not allow a thread to be started.
package struct ThreadError: Error, Equatable, CustomStringConvertible {
    /// The total number of threads needed.
    package let wanted: Int

    /// The system's error number.
    package let number: Int32

    package init(wanted: Int, number: Int32) { (self.wanted, self.number) = (wanted, number) }

    package var description: String {
        let reason = String(cString: strerror(number)).lowercased()
        return
            "\(wanted) thread\(wanted == 1 ? "" : "s") could not be started (\(reason)); lower --threads, or raise the "
            + "limit of processes (ulimit -u, or the container's)"
            + (AddressSpace.limitInWords.map { " or that of memory (\($0))" } ?? "")
    }
}
