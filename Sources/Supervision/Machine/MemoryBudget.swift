// Whether the ranks of each host fit into its memory, asked before it is taken: a rank that Linux kills for want of
// memory can tell nobody why.

import Configuration
import Collectives
import Foundation
import Kernels
import Platform
import Reports

/// What one rank is about to take, and what its host can give.
package struct MemoryBudget: Codable, Sendable, Equatable {
    package var host: String

    /// Bytes.
    package var needed: Int

    /// Bytes; nil where the system does not say.
    package var available: Int?

    /// Bytes of addresses, with those of OpenBLAS and of its threads, that its process may not map; nil where it may.
    package var unmappable: Int?

    /// The limit that it may not exceed, as a shell sets it; nil for none.
    package var limit: String?

    package init(host: String, needed: Int, available: Int?) {
        (self.host, self.needed, self.available) = (host, needed, available)
    }

    /// What helps a training run.
    package static let remedy = "choose a larger --accumulate, --recompute, a smaller --batch-size, or more hosts"

    /// Addresses that a thread takes beside what it computes with: OpenBLAS' piece, its stack, and room for what it
    /// allocates.
    private static let ofThread = BLASLibrary.pieceSize + (72 << 20)

    /// Collective. Throws `TrainingError` on rank 0 where a host has less than its ranks need.
    ///
    /// - Parameters:
    ///   - bytes: that this rank computes with.
    ///   - threads: of this rank.
    package static func require(
        _ bytes: Int, threads: Int = 1, on communicator: any Communicator, remedy: String = remedy
    ) throws {
        var mine = MemoryBudget(host: communicator.hostName, needed: bytes, available: SystemFiles.availableMemory)
        let all = bytes.addingReportingOverflow(threads * ofThread)
        let addresses = all.overflow ? Int.max : all.partialValue
        if all.overflow || !AddressSpace.hasRoom(for: addresses) { mine.unmappable = addresses }
        mine.limit = AddressSpace.limitInWords
        let notes = try communicator.gather(Array(JSONEncoder().encode(mine)))
        let budgets = try notes.map { try JSONDecoder().decode(MemoryBudget.self, from: Data($0)) }
        if let complaint = complaint(about: budgets, remedy: remedy) { throw TrainingError.usage(complaint) }
    }

    /// A sentence about the first host that is too small; nil where all are large enough.
    package static func complaint(about budgets: [MemoryBudget], remedy: String = remedy) -> String? {
        for host in Set(budgets.map(\.host)).sorted() {
            let ranks = budgets.filter { $0.host == host }
            let who = "the \(ranks.count == 1 ? "rank" : counted(ranks.count, "rank")) on \(host) would need"
            let needed = ranks.reduce(0) { $0.addingReportingOverflow($1.needed).overflow ? .max : $0 + $1.needed }
            if let available = ranks.compactMap(\.available).min(), needed > available {
                return "\(who) \(inGigabytes(needed)) of memory and \(inGigabytes(available)) are available; \(remedy)"
            }
            if let rank = ranks.first(where: { $0.unmappable != nil }), let bytes = rank.unmappable {
                let limit = rank.limit.map { "the limit on memory (\($0)) leaves less" } ?? "the system gives less"
                return
                    "a rank on \(host) would need \(inGigabytes(bytes)) of addresses, with those of OpenBLAS and its threads, "
                    + "and \(limit); raise the limit, lower --threads, or \(remedy)"
            }
        }
        return nil
    }
}
