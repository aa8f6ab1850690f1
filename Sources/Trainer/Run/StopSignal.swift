// Signals that end a run after the step in progress, with a checkpoint. The choice: SIGUSR1 and SIGUSR2, which mpirun
// hands on to all ranks, always do; Ctrl-C and SIGTERM only in a run of one process, because mpirun leaves its ranks
// one second after them. The second one of these ends the process at once, as if nothing had been set up.

import Foundation
import Synchronization

package enum StopSignal {
    /// Signals that announce an end: the job is to be run again.
    package static let announcing = [SIGUSR1, SIGUSR2]

    /// Signals by which a person ends a process.
    package static let ending = [SIGINT, SIGTERM]

    private static let received = Atomic<Int32>(0)

    /// From now on the first of the signals is remembered.
    package static func listen(to numbers: [Int32]) {
        _ = received.load(ordering: .relaxed)
        // A parent may have left them blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in numbers {
            sigaddset(&listened, number)
            signal(number) { number in
                StopSignal.received.store(number, ordering: .relaxed)
                if number == SIGINT || number == SIGTERM { signal(number, SIG_DFL) }
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
