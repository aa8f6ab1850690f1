// A thread, where the system has one to give. The choice: the system's own call, because Foundation's Thread says
// nothing where there is none, and whoever waits for its work then waits for ever.

import Glibc

package enum NewThread {
    /// As much as the main thread has: matrix products keep small matrices on the stack.
    private static let stackSize = 8 << 20

    /// Runs a body on a thread of its own, which ends with it.
    ///
    /// - Parameter wanted: how many threads the caller needs in all, for the error.
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

/// Threads that the system did not give.
package struct ThreadError: Error, Equatable, CustomStringConvertible {
    /// How many were needed in all.
    package let wanted: Int

    /// The system's error number.
    package let number: Int32

    package init(wanted: Int, number: Int32) { (self.wanted, self.number) = (wanted, number) }

    package var description: String {
        let reason = String(cString: strerror(number)).lowercased()
        return
            "\(wanted) thread\(wanted == 1 ? "" : "s") could not be started (\(reason)); lower --threads, or raise the "
            + "limit of processes (ulimit -u, or the container's)"
    }
}
