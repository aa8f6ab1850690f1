// Signals that end a run after the step in progress, with a checkpoint. The choice: a handler only remembers the signal, and
// the ranks agree on the step. The second signal by which a person ends a process does so at once, as if nothing had been
// set up; and where ranks may wait for one that is gone, the first one sets an alarm that ends a rank that gets no further.

import Foundation
import Synchronization

package enum StopSignal {
    /// Signals that announce an end: the job is to be run again. SIGXCPU says that the limit of processor time is near.
    package static let announcing = [SIGUSR1, SIGUSR2, SIGXCPU]

    /// Signals by which a person ends a process: Ctrl-C, `kill`, and a terminal that is closed. mpirun sends SIGTERM for
    /// each of them, and SIGKILL a while later (`odls_base_sigkill_timeout`, 1 s unless set).
    package static let ending = [SIGINT, SIGTERM, SIGHUP]

    private static let received = Atomic<Int32>(0)

    /// Seconds after an ending signal in which the step must end; 0 for no bound.
    private static let patience = Atomic<UInt32>(0)

    /// From now on the first of the signals is remembered.
    package static func listen(to numbers: [Int32]) {
        _ = (received.load(ordering: .relaxed), patience.load(ordering: .relaxed))
        // A parent may have left them blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in numbers {
            sigaddset(&listened, number)
            signal(number) { number in
                StopSignal.received.store(number, ordering: .relaxed)
                guard number == SIGINT || number == SIGTERM || number == SIGHUP else { return }
                signal(number, SIG_DFL)
                alarm(StopSignal.patience.load(ordering: .relaxed))
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
    }

    /// The number of the signal, once one has come.
    package static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Bounds the time in which the step in progress must end once an ending signal has come: a rank that waits for one
    /// that was killed would wait for ever.
    static func bound(seconds: Double) {
        patience.store(UInt32(max(1, min(seconds, 86_400)).rounded(.up)), ordering: .relaxed)
    }

    /// The step has ended, and what follows takes the time that it takes.
    static func lift() {
        patience.store(0, ordering: .relaxed)
        alarm(0)
    }
}
