// What the ranks of a run leave for each other to read without MPI, which serves nobody while a rank is stuck. The
// choice: a small file a rank in the run's folder, written again and again; whose file stays as it is has stopped,
// whatever the clocks of the hosts say.

import Formats
import Foundation

/// A rank, as it last was.
package struct LifeSign: Codable, Sendable, Equatable {
    package var rank: Int
    package var host: String
    package var process: Int32

    /// Counts the times that it was written.
    package var beat: Int

    package var moment: Heartbeat.Moment

    /// Seconds without progress.
    package var seconds: Double

    package init(rank: Int, host: String, process: Int32, beat: Int, moment: Heartbeat.Moment, seconds: Double) {
        (self.rank, self.host, self.process, self.beat) = (rank, host, process, beat)
        (self.moment, self.seconds) = (moment, seconds)
    }
}

/// The files of all ranks: `.alive/rank-N`.
package struct LifeSigns: Sendable {
    private let folder: String

    package init(run: String) { folder = run + "/.alive" }

    /// Removes those of an earlier run.
    package func renew() throws {
        clear()
        try Folder.make(folder)
    }

    /// What cannot be removed is old, as its counter will tell.
    func clear() { try? Folder.remove(folder) }

    /// Where the folder cannot be seen, or written to, nothing is left. Others see the last sign or this one and never
    /// a part of it, even if this process is stopped in between.
    package func leave(_ sign: LifeSign) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let path = file(of: sign.rank), new = path + ".new"
        guard let bytes = try? encoder.encode(sign), (try? bytes.write(to: URL(fileURLWithPath: new))) != nil else {
            return
        }
        try? Folder.rename(new, to: path)
    }

    package func sign(of rank: Int) -> LifeSign? {
        // Opened anew each time: a network's file system then asks for what others wrote.
        (try? Data(contentsOf: URL(fileURLWithPath: file(of: rank)))).flatMap {
            try? JSONDecoder().decode(LifeSign.self, from: $0)
        }
    }

    private func file(of rank: Int) -> String { "\(folder)/rank-\(rank)" }
}
