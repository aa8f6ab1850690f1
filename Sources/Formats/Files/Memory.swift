// Memory whose amount a file decides. The choice: it is asked for in a way that can be refused, because a Swift array
// that the machine has no room for ends the process.

import Foundation

enum Memory {
    /// As many zeros, to be filled with bytes of the file `path`.
    ///
    /// Throws `FormatError` where they are more than this process may have.
    static func zeros(_ count: Int, for path: String) throws -> [UInt8] {
        try require(count, for: path)
        return [UInt8](repeating: 0, count: count)
    }

    /// Throws `FormatError` where an array of `count` bytes would not fit into memory.
    static func require(_ count: Int, for path: String) throws {
        let room = count <= ProcessInfo.processInfo.physicalMemory ? malloc(count + 64) : nil
        defer { free(room) }
        guard room != nil else {
            throw FormatError(
                path, "needs \(count) bytes of memory, more than there are", "use a machine with more memory")
        }
    }
}
