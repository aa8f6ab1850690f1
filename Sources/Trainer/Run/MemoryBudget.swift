// Whether the ranks of each host fit into its memory, asked before it is taken: a rank that Linux kills for want of memory
// can tell nobody why.

import Collectives
import Foundation
import Reports

/// What one rank is about to take, and what its host can give.
package struct MemoryBudget: Codable, Sendable, Equatable {
    package var host: String

    /// Bytes.
    package var needed, available: Int

    package init(host: String, needed: Int, available: Int) {
        (self.host, self.needed, self.available) = (host, needed, available)
    }

    /// What helps a training run.
    package static let remedy = "choose a larger --accumulate, --recompute, a smaller --batch-size, or more hosts"

    /// Collective. Throws `TrainingError` on rank 0 where a host has less than its ranks need.
    static func require(_ bytes: Int, on communicator: any Communicator, remedy: String = remedy) throws {
        let mine = MemoryBudget(host: communicator.hostName, needed: bytes, available: SystemFiles.availableMemory)
        let all = try communicator.gather(Array(JSONEncoder().encode(mine)))
        let budgets = try all.map { try JSONDecoder().decode(MemoryBudget.self, from: Data($0)) }
        if let complaint = complaint(about: budgets, remedy: remedy) { throw TrainingError.usage(complaint) }
    }

    /// A sentence about the first host that is too small; nil where all are large enough.
    package static func complaint(about budgets: [MemoryBudget], remedy: String = remedy) -> String? {
        for host in Set(budgets.map(\.host)).sorted() {
            let ranks = budgets.filter { $0.host == host }
            let needed = ranks.reduce(0) { $0 + $1.needed }, available = ranks.map(\.available).min() ?? 0
            guard needed > available else { continue }
            return "the \(ranks.count == 1 ? "rank" : counted(ranks.count, "rank")) on \(host) would need "
                + "\(inGigabytes(needed)) of memory and \(inGigabytes(available)) are available; \(remedy)"
        }
        return nil
    }
}
