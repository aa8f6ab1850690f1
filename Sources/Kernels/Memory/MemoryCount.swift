// How much memory something will take, found out by building it without taking any. The choice: what allocates is asked
// to count, so that nothing else has to know what is allocated.

import Synchronization

package enum MemoryCount {
    /// The counter of this thread's buffers; nil where buffers take memory.
    @TaskLocal static var current: Counter?

    /// The bytes of the buffers that belong to what `build` returns. No memory is taken for them, so `build` must not
    /// touch an element.
    package static func bytes<Built, Failure: Error>(
        of build: () throws(Failure) -> Built
    ) throws(Failure) -> Int {
        let counter = Counter()
        let counted = $current.withValue(counter) {
            Result { () throws(Failure) -> Int in
                let built = try build()
                return withExtendedLifetime(built) { counter.bytes }
            }
        }
        return try counted.get()
    }

    /// The sum over the buffers that exist.
    final class Counter: Sendable {
        private let total = Mutex(0)

        var bytes: Int { total.withLock { $0 } }

        func add(_ bytes: Int) { total.withLock { $0 += bytes } }
    }
}
