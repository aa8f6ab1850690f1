// How many threads a rank starts where nobody says. The choice: one for each physical core that is its own, because two
// threads on one core compute no faster, and a rank that shares its cores with others must leave them theirs.

import Collectives
import Foundation
import Reports

/// The cores in reach of one rank.
package struct CoreShare: Codable, Sendable, Equatable {
    package var host: String

    /// The indices of the logical cores that the rank may run on.
    package var logical: [Int]

    /// The number of physical cores that these belong to.
    package var physical: Int

    /// The number of cores that the container's quota is worth; nil for no limit.
    package var quota: Double?

    /// The cores that Slurm gave to the task (SLURM_CPUS_PER_TASK); nil outside of Slurm, or where nobody asked for any.
    package var slurm: Int?

    package init(host: String, logical: [Int], physical: Int, quota: Double? = nil, slurm: Int? = nil) {
        (self.host, self.logical, self.physical, self.quota, self.slurm) = (host, logical, physical, quota, slurm)
    }

    /// The cores in reach of this process.
    package static func ofThisProcess(host: String) -> CoreShare {
        let logical = SystemFiles.allowedCores
        let slurm = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"].flatMap { Int($0) }
        return CoreShare(
            host: host, logical: logical, physical: SystemFiles.physicalCores(of: logical), quota: SystemFiles.quota,
            slurm: slurm.flatMap { $0 > 0 ? $0 : nil })
    }
}

/// A number of threads per rank, and why it is this one.
package struct ThreadChoice: Codable, Sendable, Equatable {
    package let count: Int

    /// A phrase such as "2 physical cores".
    package let reason: String

    package init(_ count: Int, because reason: String) { (self.count, self.reason) = (count, reason) }

    /// The number of threads that every rank of this job starts, told by rank 0. Collective.
    ///
    /// - Parameter work: the largest number of threads of a rank that have something to do, and what it is.
    package static func automatic(
        on communicator: any Communicator, atMost work: (count: Int, what: String)? = nil
    ) throws -> ThreadChoice {
        let mine = CoreShare.ofThisProcess(host: communicator.hostName)
        let notes = try communicator.gather([UInt8](JSONEncoder().encode(mine)))
        let ranks = try notes.map { try JSONDecoder().decode(CoreShare.self, from: Data($0)) }
        var answer =
            communicator.rank == 0 ? [UInt8](try JSONEncoder().encode(automatic(for: ranks, atMost: work))) : []
        try communicator.broadcast(&answer, from: 0)
        return try JSONDecoder().decode(ThreadChoice.self, from: Data(answer))
    }

    /// The number for ranks with these cores: what the rank with the fewest has.
    package static func automatic(
        for ranks: [CoreShare], atMost work: (count: Int, what: String)? = nil
    ) -> ThreadChoice {
        let choices = ranks.indices.map { ofRank($0, among: ranks) }
        let least = choices.min { $0.count < $1.count } ?? ThreadChoice(1, because: "no core was found")
        guard let work, work.count < least.count else { return least }
        return ThreadChoice(max(1, work.count), because: "\(work.what), for \(least.reason)")
    }

    /// The number for one rank by itself.
    private static func ofRank(_ rank: Int, among ranks: [CoreShare]) -> ThreadChoice {
        let own = ranks[rank], cores = Set(own.logical), neighbors = ranks.indices.filter { ranks[$0].host == own.host }
        let sharing = neighbors.filter { $0 != rank && !cores.isDisjoint(with: ranks[$0].logical) }
        guard sharing.isEmpty else { return ThreadChoice(1, because: "ranks share their cores") }
        let more = own.logical.count > own.physical ? " (\(own.logical.count) logical ones)" : ""
        var choice = ThreadChoice(
            max(1, own.physical), because: "\(counted(max(1, own.physical), "physical core"))\(more)")
        if let quota = own.quota, case let share = max(1, Int(quota) / neighbors.count), share < choice.count {
            choice = ThreadChoice(share, because: "the container's quota, worth \(counted(share, "core")) for a rank")
        }
        if let slurm = own.slurm, slurm < choice.count {
            choice = ThreadChoice(slurm, because: "SLURM_CPUS_PER_TASK, which is \(slurm)")
        }
        return choice
    }
}
