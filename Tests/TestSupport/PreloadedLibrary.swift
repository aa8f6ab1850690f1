// A C library that a program under test loads before the system's own (LD_PRELOAD), so that the program is the real one. The
// choice: it is built on first use, by the compiler that Swift comes with.

import Foundation

/// The error of the compiler, with what it printed.
package struct PreloadedLibraryError: Error, CustomStringConvertible {
    package var description: String
}

/// A library that exists as long as this object.
final class PreloadedLibrary: Sendable {
    let path: String
    private let folder: TemporaryFolder

    init(source: String) throws {
        folder = try TemporaryFolder()
        path = folder.file("library.so")
        let file = try folder.write(Array(source.utf8), to: "library.c")
        let result = try Command.run("clang", ["-O1", "-shared", "-fPIC", "-o", path, file, "-ldl"])
        guard result.status == 0 else { throw PreloadedLibraryError(description: result.stderr) }
    }
}
