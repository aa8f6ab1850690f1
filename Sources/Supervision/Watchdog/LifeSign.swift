// Signs of life that ranks exchange without MPI, which does not respond while a rank is stuck. The choice: one
// small file per rank in the run's folder, which is rewritten periodically. A rank whose file does not change has
// stopped, whatever the hosts' clocks show.

import Formats
import Foundation

/// The last reported state of a rank.
package struct LifeSign: Codable, Sendable, Equatable {
    package var rank: Int
    package var host: String
    package var process: Int32

    /// Counts the writes of the file.
    package var beat: Int

    package var moment: Heartbeat.Moment

    /// The seconds without progress.
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

    /// Removes the files of an earlier run.
    package func renew() throws {
        clear()
        try Folder.make(folder)
    }

    /// Removes the files as far as possible. A remaining file is recognized as old by its counter.
    func clear() { try? Folder.remove(folder) }

    /// Writes this rank's file. Does nothing if the folder is not visible or not writable. Other ranks read the
    /// last sign or this one, never a part of it, even if this process is stopped in between.
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
        // The file is opened anew each time, which makes a network file system fetch what others wrote.
        (try? Data(contentsOf: URL(fileURLWithPath: file(of: rank)))).flatMap {
            try? JSONDecoder().decode(LifeSign.self, from: $0)
        }
    }

    private func file(of rank: Int) -> String { "\(folder)/rank-\(rank)" }
}
