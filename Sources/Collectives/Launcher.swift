// Who started this process, and with how many others. The choice: a pure function of the environment variables, so that
// MPI need not be started to find out that it is not wanted.

/// The program that started this process as one rank of an MPI job.
package struct Launcher: Equatable, Sendable {
    /// The command's name, for messages.
    package var name: String

    /// How many processes it says it started.
    package var announcedRanks: Int

    /// This process' number among them: known before MPI starts, so that only one of them complains of a wrong option.
    package var rank: Int

    package init(name: String, announcedRanks: Int, rank: Int) {
        self.name = name
        self.announcedRanks = announcedRanks
        self.rank = rank
    }

    /// The launcher that the environment tells of, or nil for a process started by hand.
    ///
    /// Throws `MPIError.launchedApart` where Slurm started several tasks without connecting them.
    package static func detected(in environment: [String: String]) throws(MPIError) -> Launcher? {
        func integer(_ name: String) -> Int? { environment[name].flatMap(Int.init) }
        func launcher(_ name: String, ranks: String, rank: String) -> Launcher? {
            guard let ranks = integer(ranks), let rank = integer(rank) else { return nil }
            return Launcher(name: name, announcedRanks: ranks, rank: rank)
        }
        if let openMPI = launcher("mpirun", ranks: "OMPI_COMM_WORLD_SIZE", rank: "OMPI_COMM_WORLD_RANK") { return openMPI }
        if let pmix = launcher("srun", ranks: "SLURM_STEP_NUM_TASKS", rank: "PMIX_RANK") { return pmix }
        // Before PMI: Slurm sets no PMI_SIZE, MPICH's launcher does and sets no SLURM_STEP_NUM_TASKS of its own.
        if let pmi = launcher("mpiexec", ranks: "PMI_SIZE", rank: "PMI_RANK") { return pmi }
        if let tasks = integer("SLURM_STEP_NUM_TASKS"), tasks > 1 { throw .launchedApart(launcher: "srun", tasks: tasks) }
        return nil
    }

    /// Throws `MPIError.ranksMissing` unless MPI found as many ranks as were started.
    package func check(ranksFound: Int) throws(MPIError) {
        if ranksFound != announcedRanks {
            throw .ranksMissing(launcher: name, announced: announcedRanks, found: ranksFound)
        }
    }
}
