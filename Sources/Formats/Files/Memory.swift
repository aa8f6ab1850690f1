// Allocates memory whose size a file determines. The choice: the allocation is tried in a way that can fail, because a
// Swift array that does not fit into memory ends the process.

import Foundation

enum Memory {
    /// Allocates `count` zeros, to be filled with bytes of the file `path`.
    ///
    /// Throws `FormatError` if this process cannot have so much memory.
    static func zeros(_ count: Int, for path: String) throws -> [UInt8] {
        try require(count, for: path)
        return [UInt8](repeating: 0, count: count)
    }

    /// Throws `FormatError` if an array of `count` bytes would not fit into memory.
    static func require(_ count: Int, for path: String) throws {
        let room = count <= ProcessInfo.processInfo.physicalMemory ? malloc(count + 64) : nil
        defer { free(room) }
        guard room != nil else {
            throw FormatError(
                file: path, problem: "needs \(count) bytes of memory, more than there are",
                advice: "use a machine with more memory")
        }
    }
}
