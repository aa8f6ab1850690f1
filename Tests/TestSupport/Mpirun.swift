// Programs run as MPI jobs on this one machine, whatever its cores and whoever runs the tests.

package enum Mpirun {
    /// Runs a program of this package with several ranks and returns what all of them printed.
    ///
    /// Ranks that outnumber the cores give way while they wait, and none is bound to a core, because tests run side by
    /// side.
    package static func run(
        ranks: Int, _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, timeout: Double = 120
    ) throws -> CommandResult {
        try Command.run(
            "mpirun", ["-np", "\(ranks)"] + options + [Command.path(of: program)] + arguments,
            environment: rootIsWelcome.merging(environment) { $1 }, directory: directory, timeout: timeout)
    }

    /// What makes it work on any machine, beside other tests.
    package static let options = ["--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1"]

    /// mpirun refuses to run as root unless told twice.
    package static let rootIsWelcome = ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
}
