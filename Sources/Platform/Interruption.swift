// Ctrl-C or a closing terminal during a write. The choice: the signal sets a flag that long loops check, so that they
// end as on any error and leave nothing incomplete behind. A second signal has its default action and ends the program.

import Glibc
import Synchronization

package enum Interruption {
    /// The signals by which a user, a terminal, a batch system or the reader of a pipe ends a program.
    private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU]

    private static let received = Atomic<Int32>(0)

    /// Starts recording these signals; a hangup that nohup ignores stays ignored.
    package static func listen() {
        _ = received.load(ordering: .relaxed)
        // The parent process may have left the signals blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in numbers where number != SIGHUP || !isIgnored(SIGHUP) {
            sigaddset(&listened, number)
            signal(number) { number in
                Interruption.received.store(number, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
    }

    /// Gives SIGQUIT its default action back, which is to end the program: Swift's own handler would print where the
    /// program is, and go on. Where a parent process ignores it, Swift does not handle it.
    package static func leaveQuitToTheSystem() {
        if !isIgnored(SIGQUIT) { signal(SIGQUIT, SIG_DFL) }
    }

    /// Whether the parent process, such as nohup, has set a signal to be ignored.
    package static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Throws `Interrupted` once a signal has arrived.
    package static func check() throws(Interrupted) {
        let number = received.load(ordering: .relaxed)
        if number != 0 { throw Interrupted(signal: number) }
    }
}

/// The error of a program that was asked to end. It has no message: whoever asked knows.
package struct Interrupted: Error, Equatable, CustomStringConvertible {
    package let signal: Int32

    /// The code that shells report for a program that a signal ended.
    package var exitCode: Int32 { 128 + signal }

    package var description: String { "" }
}
