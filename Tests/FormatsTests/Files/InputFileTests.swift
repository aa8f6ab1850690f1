import Formats
import Foundation
import TestSupport
import Testing

@Suite struct InputFileTests {
    let folder = try! TemporaryFolder()

    /// A pipe without a writer would block forever if it were opened like other files.
    @Test(.timeLimit(.minutes(1))) func whatIsNoFileIsNamedAtOnce() throws {
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("pipe"))
        let listener = try listen(at: "socket")
        defer { close(listener) }
        for (path, kind) in [
            (folder.file("pipe"), "is a pipe"), (folder.file("link"), "is a pipe"), (folder.path, "is a folder"),
            (folder.file("socket"), "is a socket"), ("/dev/null", "is a device"),
            (folder.file("none"), "check the path"),
        ] {
            let error = #expect(throws: FormatError.self, "\(path)") { try InputFile(path: path) }
            #expect(error?.description.contains(kind) == true, "\(String(describing: error))")
        }
    }

    @Test func moreThanTheMachineHasIsRefused() throws {
        let path = try folder.write([1], to: "sparse")
        try #require(truncate(path, 1 << 43) == 0)
        let error = #expect(throws: FormatError.self) { try InputFile(path: path).bytes() }
        #expect(error?.description.contains("memory") == true, "\(String(describing: error))")
    }

    @Test func errorsAreOneLineWhateverTheNameHolds() throws {
        let error = #expect(throws: FormatError.self) { try InputFile(path: folder.file("a\nb\u{1B}[2J")) }
        #expect(error?.description.contains("a?b?[2J could not be opened") == true, "\(String(describing: error))")
    }

    /// Makes a named socket to which nobody connects.
    private func listen(at name: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = [UInt8](folder.file(name).utf8)
        try #require(path.count < 108)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(bound == 0)
        return descriptor
    }
}
