// Ctrl-C while something is being written. The choice: the signal sets a flag that long loops look at, so that they end
// as they end on any error, with nothing half-written left behind.

import ArgumentParser
import Foundation
import Synchronization

enum Interruption {
    private static let requested = Atomic(false)

    /// From now on SIGINT and SIGTERM are remembered instead of ending the program on the spot.
    static func listen() {
        _ = requested.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in Interruption.requested.store(true, ordering: .relaxed) }
        }
    }

    /// Throws once a signal has arrived, with the exit code of an interrupted program.
    static func check() throws {
        if requested.load(ordering: .relaxed) { throw ExitCode(130) }
    }
}
