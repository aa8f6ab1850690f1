// Runs programs as MPI jobs on this machine, for any number of cores and any user.

package enum Mpirun {
    /// Runs a program of this package with several ranks and returns what all of them printed.
    /// Runs a program of this package with several ranks and returns the output of all of them.
    ///
    /// Ranks yield while they wait, in case they outnumber the cores, and none is bound to a core, because tests run in
    /// parallel.
    package static func run(
        ranks: Int, _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, timeout: Double = 120
    ) throws -> CommandResult {
        try Command.run(
            "mpirun", ["-np", "\(ranks)"] + options + [Command.path(of: program)] + arguments,
            environment: rootIsWelcome.merging(environment) { $1 }, directory: directory, timeout: timeout)
    }

    /// The options that make mpirun work on any machine, in parallel with other tests.
    package static let options = ["--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]

    /// The variables without which mpirun refuses to run as root.
    package static let rootIsWelcome = ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
}
