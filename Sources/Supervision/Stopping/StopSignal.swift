// Signals that end a run after the step in progress, with a checkpoint. The choice: a handler only records the
// signal, and the ranks agree on the step. SIGINT, SIGTERM, SIGHUP or SIGQUIT a second time ends the process at once,
// by the default action. A rank that waits for a dead one is ended by its launcher: mpirun and srun finally send
// SIGKILL.

import Foundation
import Platform
import Synchronization

package enum StopSignal {
    /// Signals of batch systems that announce the end of a job, which is to be started again. SIGXCPU announces the
    /// limit of processor time.
    package static let announcing = [SIGUSR1, SIGUSR2, SIGXCPU]

    /// Signals by which a person ends a process: Ctrl-C, `kill`, a closed terminal, and Ctrl-\. mpirun sends SIGTERM for
    /// each of the first three, and SIGKILL a second later, or after `odls_base_sigkill_timeout`.
    package static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private static let received = Atomic<Int32>(0)
    private static let isEnding = Atomic(false)

    /// Starts to record the first of the signals. SIGHUP stays ignored under nohup.
    package static func listen(to numbers: [Int32]) {
        _ = (received.load(ordering: .relaxed), isEnding.load(ordering: .relaxed))
        // A parent may have left them blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in numbers where number != SIGHUP || !Interruption.isIgnored(SIGHUP) {
            sigaddset(&listened, number)
            signal(number) { number in
                _ = StopSignal.received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
                if number != SIGUSR1 && number != SIGUSR2 && number != SIGXCPU {
                    StopSignal.isEnding.store(true, ordering: .relaxed)
                    signal(number, SIG_DFL)
                }
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
    }

    /// Whether a person or a launcher has asked the process to end, whatever was announced before.
    package static var isAskedToEnd: Bool { isEnding.load(ordering: .relaxed) }

    /// The first signal received; nil if there was none.
    package static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
