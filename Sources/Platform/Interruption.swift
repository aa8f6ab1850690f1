// Ctrl-C, or a terminal that closes, while something is being written. The choice: the signal sets a flag that long
// loops look at, so that they end as they end on any error, with nothing half-written left behind. A second signal ends
// the program on the spot, as if nothing had been set up.

import Glibc
import Synchronization

package enum Interruption {
    /// Signals by which a person, a terminal, a batch system or the reader of a pipe ends a program.
    private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU]

    private static let received = Atomic<Int32>(0)

    /// From now on these signals are remembered; but a hangup that nohup has made sure nobody hears stays unheard.
    package static func listen() {
        _ = received.load(ordering: .relaxed)
        // A parent may have left them blocked.
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

    /// Whether a parent, as nohup is, wants a signal to change nothing.
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

/// A program that was asked to end. It says nothing: whoever asked knows.
package struct Interrupted: Error, Equatable, CustomStringConvertible {
    package let signal: Int32

    /// As shells report a program that a signal ended.
    package var exitCode: Int32 { 128 + signal }

    package var description: String { "" }
}
