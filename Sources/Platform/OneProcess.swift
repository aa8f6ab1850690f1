// Actions that all processes of a job would do alike, and one process does. The choice: no communication is needed,
// because every process knows its rank.

import Foundation

package enum OneProcess {
    private static var launcher: Launcher? {
        let environment = ProcessInfo.processInfo.environment
        return Launcher.connecting(environment) ?? Launcher.slurmTasks(environment)
    }

    /// Throws `SeveralProcesses` if a launcher started more than one process.
    package static func require(for command: String) throws(SeveralProcesses) {
        if let launcher, launcher.announcedRanks > 1 {
            throw SeveralProcesses(command: command, launcher: launcher.name)
        }
    }

    /// Prints on one rank what all ranks know without communication. The others wait for it, because a launcher ends
    /// all processes once the first of them ends.
    ///
    /// - Parameter isError: whether the message is an error. If the first rank had the same error, mpirun would have
    ///   ended this rank during the wait; a rank that is still alive was the only one started wrongly, and prints it
    ///   itself.
    package static func speak(isError: Bool = false, _ printing: () -> Void) {
        guard let launcher, launcher.rank != 0 else { return printing() }
        usleep(isError ? 2_000_000 : 500_000)
        guard isError, launcher.name == "mpirun" else { return }
        StandardError.write("rank \(launcher.rank) of \(launcher.announcedRanks) alone: ")
        printing()
    }
}

/// The error of a command that would write the same files from several processes.
package struct SeveralProcesses: Error, Equatable, CustomStringConvertible {
    let command, launcher: String

    package var description: String { "\(command) works in one process; start it without \(launcher)" }
}
