// What several processes of a job would say or do alike, and one does. The choice: they need not speak to each other
// for it, as every one of them knows its number.

import Foundation

package enum OneProcess {
    private static var launcher: Launcher? {
        let environment = ProcessInfo.processInfo.environment
        return Launcher.connecting(environment) ?? Launcher.slurmTasks(environment)
    }

    /// Throws `SeveralProcesses` where a launcher started more than one.
    package static func require(for command: String) throws(SeveralProcesses) {
        if let launcher, launcher.announcedRanks > 1 {
            throw SeveralProcesses(command: command, launcher: launcher.name)
        }
    }

    /// Prints on one rank what all ranks know without having spoken to each other. The others wait for it, because a
    /// launcher ends all processes when the first of them is done.
    ///
    /// - Parameter isError: whether mpirun would have ended a rank by then, if the first had the same to say: it is the
    ///   only one that was started wrongly, and says so.
    package static func speak(isError: Bool = false, _ printing: () -> Void) {
        guard let launcher, launcher.rank != 0 else { return printing() }
        usleep(isError ? 2_000_000 : 500_000)
        guard isError, launcher.name == "mpirun" else { return }
        StandardError.write("rank \(launcher.rank) of \(launcher.announcedRanks) alone: ")
        printing()
    }
}

/// A command that would write the same files from several processes.
package struct SeveralProcesses: Error, Equatable, CustomStringConvertible {
    let command, launcher: String

    package var description: String { "\(command) works in one process; start it without \(launcher)" }
}
