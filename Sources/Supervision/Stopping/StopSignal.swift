// Signals that end a run after the step in progress, with a checkpoint. The choice: a handler only remembers the
// signal, and the ranks agree on the step. The second signal by which a person ends a process does so at once, as if
// nothing had been set up. A rank that waits for one that is gone is ended by who started it: mpirun and srun send
// SIGKILL in the end.

import Foundation
import Platform
import Synchronization

package enum StopSignal {
    /// Signals that announce an end: the job is to be run again. SIGXCPU says that the limit of processor time is near.
    package static let announcing = [SIGUSR1, SIGUSR2, SIGXCPU]

    /// Signals by which a person ends a process: Ctrl-C, `kill`, and a terminal that is closed. mpirun sends SIGTERM
    /// for each of them, and SIGKILL a second later, or as much later as `odls_base_sigkill_timeout` says.
    package static let ending = [SIGINT, SIGTERM, SIGHUP]

    private static let received = Atomic<Int32>(0)

    /// From now on the first of the signals is remembered; but a hangup that nohup has made sure nobody hears stays
    /// unheard.
    package static func listen(to numbers: [Int32]) {
        _ = received.load(ordering: .relaxed)
        // A parent may have left them blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in numbers where number != SIGHUP || !Interruption.isIgnored(SIGHUP) {
            sigaddset(&listened, number)
            signal(number) { number in
                StopSignal.received.store(number, ordering: .relaxed)
                if number == SIGINT || number == SIGTERM || number == SIGHUP { signal(number, SIG_DFL) }
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
    }

    /// The number of the signal, once one has come.
    package static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
