// Whether the ranks of each host fit into its memory. The choice: this is checked before memory is allocated,
// because a rank that the Linux OOM killer ends cannot report why.

import Configuration
import Collectives
import Foundation
import Kernels
import Platform
import Reports

/// The memory that one rank is about to allocate, and the memory available on its host.
package struct MemoryBudget: Codable, Sendable, Equatable {
    package var host: String

    /// The bytes that the rank is about to allocate.
    package var needed: Int

    /// The available bytes of the host; nil where the system does not report them.
    package var available: Int?

    /// The bytes of address space, including those of OpenBLAS and its threads, if the process cannot map them; nil
    /// if it can.
    package var unmappable: Int?

    /// The address space limit of the process, as `ulimit` sets it; nil for none.
    package var limit: String?

    package init(host: String, needed: Int, available: Int?) {
        (self.host, self.needed, self.available) = (host, needed, available)
    }

    /// The advice for a training run.
    package static let remedy =
        "choose a larger --accumulate, --recompute, a smaller --batch-size, fewer --threads, or more hosts"

    /// The address space per thread besides its tensors: OpenBLAS's buffer, the stack, and room for allocations.
    private static let ofThread = BLASLibrary.pieceSize + (72 << 20)

    /// Throws `TrainingError` on rank 0 if a host has less memory than its ranks need. Collective.
    ///
    /// - Parameters:
    ///   - bytes: the bytes that this rank computes with.
    ///   - threads: the number of threads of this rank.
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

    /// A sentence about the first host that is too small; nil if all are large enough.
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
                    + "and \(limit); raise the limit, or \(remedy)"
            }
        }
        return nil
    }
}
