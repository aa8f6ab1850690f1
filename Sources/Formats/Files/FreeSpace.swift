// Checks the free space of a disk before the first byte is written.

import Foundation

/// The free space of a disk.
package enum FreeSpace {
    /// Throws `FormatError` if the disk of `path` has fewer than `bytes` bytes free for this user.
    package static func require(_ bytes: Int, for path: String) throws {
        let free = try bytesFree(in: URL(fileURLWithPath: path).deletingLastPathComponent().path, for: path)
        guard free >= UInt64(bytes) else {
            let shortage = "needs \(inWords(UInt64(bytes))) and its disk has \(inWords(free)) free"
            throw FormatError(file: path, problem: shortage, advice: "free some space, or use another disk")
        }
    }

    private static func inWords(_ bytes: UInt64) -> String {
        bytes < 10_000_000 ? "\(bytes) bytes" : "\(bytes / 1_000_000) MB"
    }

    /// The number of bytes that this user may still write in a folder; nil if the folder does not exist.
    package static func available(at folder: String) -> Int? {
        (try? bytesFree(in: folder, for: folder)).map { Int(clamping: $0) }
    }

    private static func bytesFree(in folder: String, for path: String) throws -> UInt64 {
        var status = statvfs()
        try checkedCall("written", on: path) { statvfs(folder, &status) }
        return UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
    }
}
