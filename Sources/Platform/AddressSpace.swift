// The limits on the memory that a process may map, which batch systems set: ulimit -v and -d. The choice: free space is
// tested by mapping it, since only the system knows everything that counts.

import Glibc

package enum AddressSpace {
    /// Whether this many more bytes can be mapped now.
    package static func hasRoom(for bytes: Int) -> Bool {
        guard bytes > 0 else { return true }
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
            return false
        }
        munmap(start, bytes)
        return true
    }

    /// The limit in force as a shell command, such as "ulimit -v 450000"; nil for none.
    package static var limitInWords: String? {
        limit(RLIMIT_AS).map { "ulimit -v \($0)" } ?? limit(RLIMIT_DATA).map { "ulimit -d \($0)" }
    }

    /// A limit in units of 1024 bytes; nil for none.
    private static func limit(_ resource: __rlimit_resource) -> UInt? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max) else {
            return nil
        }
        return limit.rlim_cur / 1024
    }
}
