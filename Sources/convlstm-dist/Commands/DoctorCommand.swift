// `convlstm-dist doctor`: whether this machine, or this job, is ready to train. The choice: it checks what a run
// would see, with the same launcher, and each problem comes with a command.

import Supervision
import Diagnostics
import Configuration
import ArgumentParser
import CommandSupport
import Collectives
import Foundation
import Platform
import Reports

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at MPI, cores, OpenBLAS, memory and disk, and says how to mend what is not well.",
        discussion: """
            Start it the way a run will be started: alone, or by mpirun. The exit code is 1 if \
            something will not work.

            Example: mpirun -np 8 convlstm-dist doctor
            """)

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads of each rank that the run will have.", valueName: "n"))
    var threads = 1

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try OptionCheck.require(threads, in: 1...1024, "--threads")
    }

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let launcher = try Launcher.detected(in: environment)
        try runOnEveryRank(exitCode: processExitCode(of:)) { communicator in
            try communicator.barrier()
            let facts = try RankFacts.measured(rank: communicator.rank, host: communicator.hostName, threads: threads)
            let gathered = try communicator.gather([UInt8](JSONEncoder().encode(facts)))
            guard communicator.rank == 0 else { return }
            let ranks = try gathered.map { try JSONDecoder().decode(RankFacts.self, from: Data($0)) }
            let diagnosis = Diagnosis(ranks, launchFacts(launcher, environment))
            if json { try printJSON(diagnosis) } else { show(diagnosis) }
            guard !diagnosis.isFailure else {
                throw TrainingError("training will not work here; do what is said above")
            }
        }
    }

    private func launchFacts(_ launcher: Launcher?, _ environment: [String: String]) -> LaunchFacts {
        let rootMayRun = ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"].allSatisfy {
            environment[$0] != nil
        }
        return LaunchFacts(
            library: MPILibrary.version, launcher: launcher?.name,
            slots: environment["OMPI_UNIVERSE_SIZE"].flatMap(Int.init),
            mpirun: launcher == nil ? mpirunVersion() : nil, isRoot: geteuid() == 0, rootMayRun: rootMayRun)
    }

    /// The first line of `mpirun --version`; nil if there is no mpirun.
    private func mpirunVersion() -> String? {
        // popen, because Foundation's Process starts threads and waits for them.
        guard let output = popen("mpirun --version 2> /dev/null", "r") else { return nil }
        var line = [CChar](repeating: 0, count: 256)
        let isThere = fgets(&line, Int32(line.count), output) != nil
        while fgetc(output) != EOF {}
        guard pclose(output) == 0, isThere else { return nil }
        return String(cString: line).trimmingCharacters(in: .newlines)
    }

    private func show(_ diagnosis: Diagnosis) {
        if diagnosis.ranks.count > 1 { StandardOutput.print(table(diagnosis.ranks)) }
        for finding in diagnosis.findings {
            let mark =
                switch finding.state {
                case .ok: "ok       "
                case .warning: "WARNING  "
                case .failure: "FAILURE  "
                }
            StandardOutput.print(
                mark + finding.subject.padding(toLength: 10, withPad: " ", startingAt: 0) + finding.text)
            if let remedy = finding.remedy { StandardOutput.print("                   -> \(remedy)") }
        }
    }

    private func table(_ ranks: [RankFacts]) -> Table {
        var table = Table(
            ["rank", "host", "bound to cores", "kernels", "GFLOP/s"], alignments: [.right, .left, .left, .left, .right])
        for rank in ranks {
            table.add([
                "\(rank.rank)", rank.host, rank.cores.map(String.init).joined(separator: " "), rank.kernels,
                String(format: "%.0f", rank.gigaflops),
            ])
        }
        return table
    }
}
