// How many threads compute. The choice: as many as the process has cores where nobody says, because no result depends on it.

import Foundation

enum Threads {
    /// What OpenBLAS has buffers for.
    private static let most = 512

    /// The number of threads to start: what was asked for, or one per core, but no more than there is work for.
    static func number(_ asked: Int?, atMost work: Int) throws(ConvLSTMError) -> Int {
        guard let asked else { return max(1, min(ProcessInfo.processInfo.activeProcessorCount, most, work)) }
        guard (1...most).contains(asked) else {
            throw ConvLSTMError("threads is \(asked); choose 1 to \(most), or leave it out for one per core")
        }
        return min(asked, work)
    }
}
