// Runs a program and returns its output. The choice: output goes to files, not pipes, so that no program can block on a
// full pipe, and everything printed before a timeout can still be read.

import Foundation

/// The result of a finished program.
package struct CommandResult: Sendable {
    /// The exit code, or 128 plus the signal that ended it.
    package var status: Int32
    package var stdout: String
    package var stderr: String
}

/// The error for a program that did not end in time.
package struct CommandTimeout: Error, CustomStringConvertible {
    package var description: String
}

package enum Command {
    /// Runs one of this package's executables, or any program on the PATH, to its end.
    ///
    /// The executables are looked up beside the running test bundle. `environment` is merged into that of this process.
    /// A program that takes longer than `timeout` seconds is killed; `CommandTimeout` then holds what it had printed.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
        timeout: Double = 60
    ) throws -> CommandResult {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [path(of: program)] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: directory ?? folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try emptyFile(folder.write([], to: "stdout"))
        process.standardError = try emptyFile(folder.write([], to: "stderr"))
        let isInTime = try runToEnd(process, timeout: timeout)

        let stdout = String(decoding: try folder.bytes(of: "stdout"), as: UTF8.self)
        let stderr = String(decoding: try folder.bytes(of: "stderr"), as: UTF8.self)
        let signalled = process.terminationReason == .uncaughtSignal
        guard isInTime else {
            throw CommandTimeout(description: "\(program) \(arguments) did not end in \(timeout) s: \(stdout)\(stderr)")
        }
        return CommandResult(
            status: process.terminationStatus + (signalled ? 128 : 0), stdout: stdout, stderr: stderr)
    }

    /// The path of an executable of this package, or the name itself for a program on the PATH.
    package static func path(of program: String) -> String {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let product = products.appendingPathComponent(program).path
        return FileManager.default.isExecutableFile(atPath: product) ? product : program
    }

    private static func emptyFile(_ path: String) throws -> FileHandle {
        try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// Runs a process, and returns whether it ended in time; if not, it is killed.
    private static func runToEnd(_ process: Process, timeout: Double) throws -> Bool {
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try withSignalsUnblocked { try process.run() }
        if ended.wait(timeout: .now() + timeout) == .success { return true }
        kill(process.processIdentifier, SIGKILL)
        ended.wait()
        return false
    }

    /// Unblocks signals while a program starts: it inherits the blocked ones, and test threads block nearly all of
    /// them.
    private static func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var none = sigset_t(), blocked = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &blocked)
        defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
        try body()
    }
}
