// A Slurm on this machine. The choice: Fixtures/slurm-cluster starts and ends it, which a person can use as well.

import Foundation
import TestSupport
import Testing

enum SlurmCluster {
    static let script = Repository.fixture("slurm-cluster", of: "ProcessTests").path

    /// The reason why this machine cannot have a Slurm of its own, or nil.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "a Slurm of its own needs root" }
        for program in ["munged", "slurmctld", "slurmd", "sbatch", "ip", "unshare", "setpriv", "nsenter"] {
            let result = try? Command.run("sh", ["-c", "command -v \(program)"])
            guard result?.status == 0 else { return "\(program) is not installed" }
        }
        do {
            let result = try run(nodes: 1, ["true"])
            return result.status == 0 ? nil : result.stderr
        } catch {
            return "\(error)"
        }
    }()

    /// Runs a command beside the controller of a cluster that ends with it.
    static func run(
        nodes: Int, _ command: [String], environment: [String: String] = [:], directory: String? = nil
    ) throws -> CommandResult {
        try Command.run(script, ["\(nodes)"] + command, environment: environment, directory: directory, timeout: 240)
    }
}

extension Trait where Self == ConditionTrait {
    static var onSlurm: Self {
        .enabled(if: SlurmCluster.obstacle == nil, Comment(rawValue: SlurmCluster.obstacle ?? ""))
    }
}
