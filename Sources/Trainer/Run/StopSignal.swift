// Ctrl-C and SIGTERM in a run of one process: it ends after the step in progress, with a checkpoint. The choice: the
// second signal ends it at once, as if nothing had been set up.

import Foundation
import Synchronization

package enum StopSignal {
    private static let received = Atomic<Int32>(0)

    /// From now on the first SIGINT or SIGTERM is remembered.
    static func listen() {
        _ = received.load(ordering: .relaxed)
        // A parent may have left them blocked.
        var listened = sigset_t()
        sigemptyset(&listened)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&listened, number)
            signal(number) { number in
                StopSignal.received.store(number, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
    }

    /// The number of the signal, once one has come.
    static var number: Int32? {
        let number = received.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}

/// A run that ended before its last step because somebody asked for it.
package struct TrainingStopped: Error, CustomStringConvertible {
    package let signal: Int32
    package let description: String

    /// As shells report a program that a signal ended: 130 for Ctrl-C.
    package var exitCode: Int32 { 128 + signal }
}
