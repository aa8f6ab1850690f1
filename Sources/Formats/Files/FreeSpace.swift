// Whether a disk takes a file of some size: by what the system says before the first byte is written, and by trial.

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

/// Finds out by writing: the free space that a file system reports says nothing of quotas, of limits on the size of a
/// file, or of a disk that fails.
package enum TrialWrite {
    /// Writes a file of `bytes` bytes into a folder, to the disk, and removes it.
    ///
    /// Throws `FormatError` that names the folder if it does not take the file.
    package static func require(_ bytes: Int, in folder: String) throws {
        do {
            try write(bytes, in: folder)
        } catch let error as FormatError {
            throw FormatError(
                file: folder, problem: "does not take a file of \(bytes) bytes: it \(error.problem)",
                advice: error.advice)
        }
    }

    private static func write(_ bytes: Int, in folder: String) throws {
        let file = try AtomicFile(path: folder + "/trial", expecting: bytes)
        // Numbers without order, which no file system can compress (Knuth's linear congruential generator): the system's own would
        // be a system call for each.
        var number = UInt64.random(in: 0...UInt64.max)
        let piece = (0..<min(1 << 17, bytes / 8 + 1)).map { _ in
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return number
        }
        while file.size < bytes {
            try piece.withUnsafeBytes { piece in
                try file.append(
                    piece.bindMemory(to: UInt8.self).span.extracting(first: min(piece.count, bytes - file.size)))
            }
        }
        try file.settle()
    }
}
