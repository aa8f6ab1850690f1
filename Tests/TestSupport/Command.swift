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
    /// With this set, convlstm-dist does not start itself again to set it. Tests of its start unset it.
    private static let startsOnce = ["OPENBLAS_NUM_THREADS": "1"]

    /// The environment of this process without the kernels that its user chose for OpenBLAS, which programs warn of where
    /// they leave AVX-512 idle.
    private static let inherited = ProcessInfo.processInfo.environment.filter { $0.key != "OPENBLAS_CORETYPE" }

    /// Runs one of this package's executables, or any program on the PATH, to its end.
    ///
    /// The executables are looked up beside the running test bundle. `environment` is merged into `inherited`.
    /// A program that takes longer than `timeout` seconds is killed; `CommandTimeout` then holds what it had printed.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
        timeout: Double = 60
    ) throws -> CommandResult {
        let folder = try TemporaryFolder()
        let child = try Child(
            ["/usr/bin/env", "-C", directory ?? folder.path, path(of: program)] + arguments,
            environment: inherited.merging(startsOnce) { $1 }.merging(environment) { $1 },
            output: folder.write([], to: "stdout"), errors: folder.write([], to: "stderr"))
        let status = child.end(within: timeout)

        let stdout = String(decoding: try folder.bytes(of: "stdout"), as: UTF8.self)
        let stderr = String(decoding: try folder.bytes(of: "stderr"), as: UTF8.self)
        guard let status else {
            throw CommandTimeout(description: "\(program) \(arguments) did not end in \(timeout) s: \(stdout)\(stderr)")
        }
        return CommandResult(status: status, stdout: stdout, stderr: stderr)
    }

    /// The path of an executable of this package, or the name itself for a program on the PATH.
    package static func path(of program: String) -> String {
        let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let product = products.appendingPathComponent(program).path
        return FileManager.default.isExecutableFile(atPath: product) ? product : program
    }
}

/// A running program. Foundation's `Process` is not used: it reads the list of open files beyond its end, which once in
/// some thousand programs ends the tests.
private struct Child {
    private let id: pid_t

    /// Starts a program that inherits no signal mask, since test threads block nearly all signals, no open files, and none of the
    /// signals that a person sends as ignored, which they are for what a script starts in the background.
    init(
        _ command: [String], environment: [String: String], output: String, errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
        var none = sigset_t(), asked = sigset_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        sigemptyset(&asked)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] { sigaddset(&asked, signal) }
        posix_spawnattr_setsigdefault(&attributes, &asked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY, 0)
        try Self.closeFrom(&actions, 3)
        var argv = command.map { strdup($0) } + [nil], envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, command[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        self.id = id
    }

    /// `posix_spawn_file_actions_addclosefrom_np`, which the C library has and Swift's module of it leaves out.
    private static func closeFrom(_ actions: inout posix_spawn_file_actions_t, _ first: Int32) throws {
        typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let function = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            throw POSIXError(.ENOSYS)
        }
        _ = unsafeBitCast(function, to: Function.self)(&actions, first)
    }

    /// Waits for the program's end and returns its exit code, or 128 plus the signal that ended it; nil where it did not
    /// end in time and was killed.
    func end(within seconds: Double) -> Int32? {
        let start = ContinuousClock.now
        var status: Int32 = 0
        while waitpid(id, &status, WNOHANG) == 0 {
            if start.duration(to: .now) > .seconds(seconds) {
                kill(id, SIGKILL)
                waitpid(id, &status, 0)
                return nil
            }
            usleep(2000)
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }
}
