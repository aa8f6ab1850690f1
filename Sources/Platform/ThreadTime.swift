// How long a thread has waited for a core. The choice: the scheduler's own account, since the time that a thread computes
// leaves out what it waits for a disk.

import Glibc

package enum ThreadTime {
    /// The seconds in which the calling thread was ready to run and another one had its core; 0 where the system does
    /// not say.
    package static var waiting: Double {
        guard let file = fopen("/proc/thread-self/schedstat", "r") else { return 0 }
        defer { fclose(file) }
        var words = [CChar](repeating: 0, count: 128)
        guard fgets(&words, Int32(words.count), file) != nil else { return 0 }
        let numbers = words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
        return numbers.count > 1 ? (Double(String(decoding: numbers[1], as: UTF8.self)) ?? 0) / 1e9 : 0
    }
}
