// A folder for one test, removed with all its contents when the test releases it.

import Foundation

/// An empty folder that exists as long as this object.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter inMemory: whether the folder is in memory, for thousands of small files; where the system has no such
    ///   place, it is on the disk.
    package init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm"), manager = FileManager.default
        let place = inMemory && manager.isWritableFile(atPath: memory.path) ? memory : manager.temporaryDirectory
        path = place.appendingPathComponent("convlstm-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// The path of a file in the folder, whether it exists or not.
    package func file(_ name: String) -> String {
        path + "/" + name
    }

    /// Writes a file with these bytes and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// All bytes of a file in the folder.
    package func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The sorted names of the folder's entries, including hidden files.
    package var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
