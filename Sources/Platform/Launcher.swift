// The program that started this process, and how many others with it. The choice: a pure function of the environment
// variables, so that MPI need not be started to find out that it is not needed.

/// The program that started this process as one rank of an MPI job.
package struct Launcher: Equatable, Sendable {
    /// The command's name, for messages.
    package var name: String

    /// The number of processes according to the launcher.
    package var announcedRanks: Int

    /// The rank of this process, known before MPI starts, so that only one rank reports a wrong option.
    package var rank: Int

    package init(name: String, announcedRanks: Int, rank: Int) {
        self.name = name
        self.announcedRanks = announcedRanks
        self.rank = rank
    }

    /// The launcher according to the environment; nil for a process started by hand, or by Slurm without MPI.
    package static func connecting(_ environment: [String: String]) -> Launcher? {
        func launcher(_ name: String, ranks: String, rank: String) -> Launcher? {
            guard let ranks = environment[ranks].flatMap({ Int($0) }), let rank = environment[rank].flatMap({ Int($0) })
            else { return nil }
            return Launcher(name: name, announcedRanks: ranks, rank: rank)
        }
        return launcher("mpirun", ranks: "OMPI_COMM_WORLD_SIZE", rank: "OMPI_COMM_WORLD_RANK")
            ?? launcher("srun", ranks: "SLURM_STEP_NUM_TASKS", rank: "PMIX_RANK")
            // Checked before PMI: Slurm sets no PMI_SIZE; MPICH's launcher does, and sets no SLURM_STEP_NUM_TASKS of
            // its own.
            ?? launcher("mpiexec", ranks: "PMI_SIZE", rank: "PMI_RANK")
    }

    /// The number of tasks in this Slurm step and the index of this one, whether they are connected or not.
    package static func slurmTasks(_ environment: [String: String]) -> Launcher? {
        guard let tasks = environment["SLURM_STEP_NUM_TASKS"].flatMap({ Int($0) }) else { return nil }
        return Launcher(name: "srun", announcedRanks: tasks, rank: environment["SLURM_PROCID"].flatMap { Int($0) } ?? 0)
    }
}
