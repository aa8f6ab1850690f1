// Checks that the replicas of all ranks are equal, bit for bit. The choice: the first 128 bits of SHA-256 of each
// tensor, by a library that uses the processor's instructions for it. Ranks exchange the digest of the digests,
// and those of the tensors only to name the one that differs.

import Distribution
import Reports
import Configuration
import Collectives
import Formats
import Foundation
import Kernels
import Model
import Synchronization

package enum ReplicaCheck {
    /// Compares parameters, moving averages and moments over all ranks. Collective.
    ///
    /// Throws the same `TrainingError` on every rank if they differ, which names ranks, hosts and tensors.
    package static func require(
        _ state: TrainingState, at step: Int, on communicator: any Communicator, _ pool: ThreadPool
    ) throws {
        guard communicator.size > 1 else { return }
        let tensors = state.tensors, digests = digests(of: tensors.map(\.elements), on: pool)
        let all = Array(digests.joined().utf8), own = Array(Digest.short(of: all.span).utf8)
        var first = own
        try communicator.broadcast(&first, from: 0)
        guard try communicator.allReduce(first == own ? 0 : 1) > 0 else { return }
        let ranks = try communicator.gather(digests.joined(separator: " "))
        let hosts = try communicator.gather(communicator.hostName)
        let sentence = try communicator.shared {
            Divergence(
                digests: ranks.map { $0.split(separator: " ").map(String.init) }, hosts: hosts,
                tensors: tensors.map(\.name)
            ).description
        }
        throw TrainingError("step \(step): \(sentence)")
    }

    private static func digests(of tensors: [Tensor<Float>], on pool: ThreadPool) -> [String] {
        let found = Mutex([String](repeating: "", count: tensors.count))
        pool.forEach(tensors.count) { number in
            let tensor = tensors[number], digest = Digest.short(of: tensor.span)
            found.withLock { $0[number] = digest }
        }
        return found.withLock { $0 }
    }
}

/// The ranks and tensors that differ from those of most ranks.
package struct Divergence: CustomStringConvertible {
    /// The differing ranks, each with its differing tensors.
    package let ranks: [(rank: Int, tensors: [String])]
    private let hosts: [String]
    private let reference: Int

    /// - Parameters:
    ///   - digests: the digests of each rank, tensor by tensor; not all equal.
    ///   - hosts: the host name of each rank.
    ///   - tensors: the names of the tensors.
    package init(digests: [[String]], hosts: [String], tensors: [String]) {
        let alike = Dictionary(grouping: digests.indices) { digests[$0] }.values
        // Of groups of equal size, the one with the lowest rank wins.
        let most = alike.max { ($0.count, -$0[0]) < ($1.count, -$1[0]) } ?? [0]
        (self.hosts, reference) = (hosts, most[0])
        ranks = digests.indices.filter { !most.contains($0) }.map { rank in
            (rank, tensors.indices.filter { digests[rank][$0] != digests[most[0]][$0] }.map { tensors[$0] })
        }
    }

    package var description: String {
        let most = 4, more = ranks.count > most ? ", and \(counted(ranks.count - most, "more rank"))" : ""
        let clauses = ranks.prefix(most).map { rank, tensors in
            let others = tensors.count > 1 ? " and \(counted(tensors.count - 1, "more tensor"))" : ""
            return "rank \(rank) on \(hosts[rank]) has another \(tensors.first ?? "state")\(others)"
        }
        return
            "\(clauses.joined(separator: ", "))\(more) than rank \(reference) on \(hosts[reference]), so the replicas "
            + "are no longer one model; go on with --resume auto from the last checkpoint, and check the memory of "
            + "that host if it comes again"
    }
}

extension TrainingState {
    /// All tensors of the state, with names such as "moment v of encoder1.input.kernel".
    fileprivate var tensors: [(name: String, elements: Tensor<Float>)] {
        func tensors(_ vector: ParameterVector<Float>, _ kind: String) -> [(String, Tensor<Float>)] {
            vector.layout.slots.map { ("\(kind) \($0.name)", vector[$0]) }
        }
        return tensors(values, "parameter") + tensors(statistics, "moving average")
            + optimizer.moments.flatMap { tensors($0.vector, "moment \($0.name) of") }
    }
}

extension Digest {
    /// The first 128 bits of the digest of the elements.
    fileprivate static func short<Element: BitwiseCopyable>(of elements: Span<Element>) -> String {
        var digest = Digest()
        digest.update(elements)
        return String(digest.hexadecimal.prefix(32))
    }
}
