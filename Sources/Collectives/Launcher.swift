// Checks that the processes started by a launcher can communicate.

import Platform

extension Launcher {
    /// The launcher according to the environment, or nil for a process started by hand.
    ///
    /// Throws `MPIError.launchedApart` if Slurm started several tasks without connecting them.
    package static func detected(in environment: [String: String]) throws(MPIError) -> Launcher? {
        if let launcher = connecting(environment) { return launcher }
        if let apart = slurmTasks(environment), apart.announcedRanks > 1 {
            throw .launchedApart(launcher: apart.name, tasks: apart.announcedRanks)
        }
        return nil
    }

    /// Throws `MPIError.ranksMissing` unless MPI found as many ranks as were started.
    package func check(ranksFound: Int) throws(MPIError) {
        if ranksFound != announcedRanks {
            throw .ranksMissing(launcher: name, announced: announcedRanks, found: ranksFound)
        }
    }
}
