// The terminal on which a person reads standard error. The choice: under mpirun that is the terminal of mpirun, which passes on
// what rank 0 writes into a pipe; where nothing is known, there is none, and lines are plain.

import Foundation
import Platform

/// A terminal, and what it can show.
package struct Terminal: Sendable {
    /// Whether colors may be used: unless NO_COLOR says otherwise (no-color.org).
    package let hasColors: Bool

    /// Whether it shows characters beyond ASCII, as terminals with a UTF-8 locale do.
    package let hasLineCharacters: Bool

    private let measure: @Sendable () -> Int

    /// The number of columns at the moment.
    package var width: Int { measure() }

    package init(width: Int, hasColors: Bool = false, hasLineCharacters: Bool = false) {
        (self.hasColors, self.hasLineCharacters, measure) = (hasColors, hasLineCharacters, { width })
    }

    /// The terminal of standard error; nil if it goes elsewhere, or to a terminal that cannot move its cursor.
    package static let ofStandardError = Terminal(ProcessInfo.processInfo.environment)

    private init?(_ environment: [String: String]) {
        guard environment["TERM", default: "dumb"] != "dumb", let descriptor = Self.descriptor(environment) else {
            return nil
        }
        hasColors = environment["NO_COLOR", default: ""].isEmpty
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        hasLineCharacters = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        measure = { Self.width(of: descriptor) }
    }

    private static func descriptor(_ environment: [String: String]) -> Int32? {
        if isatty(STDERR_FILENO) == 1 { return STDERR_FILENO }
        guard Launcher.connecting(environment)?.name == "mpirun", isPipe(STDERR_FILENO) else { return nil }
        return MPIRun.terminal(environment)
    }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
    }

    private static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }
}

/// The mpirun that started this process on the same host.
private enum MPIRun {
    /// The ends of the variables by which mpirun tells its ranks that it prints something before each line, or sends the output
    /// elsewhere.
    private static let changes = ["_tag_output", "_timestamp_output", "_output_filename", "_xml_output", "_xterm"]

    /// The terminal to which mpirun passes on standard error, opened for asking its width; nil if there is none.
    static func terminal(_ environment: [String: String]) -> Int32? {
        let parent = getppid()
        guard let command = FileManager.default.contents(atPath: "/proc/\(parent)/cmdline")?.split(separator: 0).first,
            !environment.keys.contains(where: { key in changes.contains(where: key.hasSuffix) })
        else { return nil }
        let name = URL(fileURLWithPath: String(decoding: command, as: UTF8.self)).lastPathComponent
        guard ["mpirun", "mpiexec", "orterun", "prterun"].contains(where: name.hasPrefix) else { return nil }
        let descriptor = open("/proc/\(parent)/fd/2", O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        if isatty(descriptor) == 1 { return descriptor }
        close(descriptor)
        return nil
    }
}
