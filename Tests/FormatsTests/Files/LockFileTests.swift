import Formats
import Foundation
import TestSupport
import Testing

@Suite struct LockFileTests {
    let folder = try! TemporaryFolder()

    private var path: String { folder.file(".lock") }

    private func inode() throws -> UInt64 {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64)
    }

    /// The record that a process of another host would have written.
    private func record(beat: Int) -> [UInt8] {
        Array(#"{"host":"elsewhere","process":7,"since":"2026-01-02T03:04:05Z","beat":\#(beat)}"#.utf8)
    }

    @Test func oneHoldsItAtATime() throws {
        let first = try LockFile(path: path), file = try inode()
        let held = try #require(throws: LockFile.Held.self) { try LockFile(path: path) }
        #expect(held.owner?.process == getpid() && held.owner?.since.hasSuffix("Z") == true)
        #expect(first.isOwn)
        #expect(try inode() == file)
        first.release()
        let second = try LockFile(path: path)
        #expect(second.isOwn)
        #expect(try inode() == file)
    }

    /// A job that was killed may hold its lock a moment longer than `mpirun` runs.
    @Test func aLockThatIsJustBeingReleasedIsAwaited() throws {
        let holder = Process(), output = Pipe()
        holder.executableURL = URL(fileURLWithPath: "/bin/sh")
        holder.arguments = ["-c", "exec 9>>'\(path)'; flock 9; echo held; exec sleep 0.3"]
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.readData(ofLength: 5) == Data("held\n".utf8))
        #expect(try LockFile(path: path).isOwn)
        holder.waitUntilExit()
    }

    @Test func whatAProcessOfThisHostLeftIsTakenOver() throws {
        try folder.write(
            Array(#"{"host":"\#(machineName)","process":99999999,"since":"x","beat":1}"#.utf8), to: ".lock")
        #expect(try LockFile(path: path).isOwn)
    }

    @Test func anotherHostIsWatchedAndTakenOverWhereNothingMoves() throws {
        try folder.write(record(beat: 1), to: ".lock")
        var watched: [String] = []
        let lock = try LockFile(path: path, patience: 0.5) { watched.append("\($0)") }
        #expect(watched == ["process 7 on elsewhere since 2026-01-02T03:04:05Z"] && lock.isOwn)
    }

    @Test func anotherHostThatGoesOnKeepsIt() throws {
        try folder.write(record(beat: 1), to: ".lock")
        let held = try #require(throws: LockFile.Held.self) {
            try LockFile(path: path, patience: 5) { _ in _ = try? folder.write(record(beat: 2), to: ".lock") }
        }
        #expect(held.owner?.host == "elsewhere")
    }

    @Test func whoWasTakenOverKnows() throws {
        let lock = try LockFile(path: path)
        #expect(lock.isOwn)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: record(beat: 3) + [UInt8](repeating: 32, count: 600))
        #expect(!lock.isOwn)
    }

    @Test func aMissingFolderIsNamed() throws {
        let error = #expect(throws: FormatError.self) { try LockFile(path: folder.file("missing/.lock")) }
        #expect(error?.description.contains("missing/.lock could not be written (no such file or directory)") == true)
    }
}
