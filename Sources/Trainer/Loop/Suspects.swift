// Finds the source of values that are not finite by computing a batch again with the virtual ranks kept apart. The
// choice: this happens only after a sum was not finite, so that a healthy step costs nothing. Data that are not
// finite are named before the virtual ranks that read them, because batch normalization spreads them to all
// virtual ranks.

import Model
import Reports
import Distribution
import DataLoading
import Collectives
import Shards

extension Replica {
    /// A clause about the ranks, virtual ranks and sequences that make a batch's loss or gradient not finite, the
    /// same on every rank. The network's moving averages are restored. Collective.
    func suspects(
        in batch: Batch<SequenceID>, _ weights: PreparedNetwork<Float>, step: Int, of data: DataSet,
        on communicator: any Communicator
    ) throws -> String {
        let findings = try examine(batch, weights, step: step)
        let damaged = try data.notFinite(among: findings.flatMap(\.sequences)),
            virtualRanks = findings.filter { !$0.isFinite }
        let isEverywhere = try communicator.allReduce(findings.allSatisfy { !$0.isFinite } ? 0 : 1) == 0
        let who = "rank \(communicator.rank) on \(communicator.hostName)"
        let ofData = try communicator.gather(
            damaged.isEmpty ? "" : "\(who) read numbers that are not finite in \(listed(damaged, "sequence"))")
        let ofVirtualRanks = try communicator.gather(
            virtualRanks.isEmpty ? "" : "\(who): \(virtualRanks.map(\.inWords).joined(separator: ", "))")
        return try communicator.shared {
            clause(ofData.filter { !$0.isEmpty }, ofVirtualRanks.filter { !$0.isEmpty }, isEverywhere: isEverywhere)
        }
    }

    private func clause(_ ofData: [String], _ ofVirtualRanks: [String], isEverywhere: Bool) -> String {
        guard ofData.isEmpty else { return few(ofData) }
        guard !ofVirtualRanks.isEmpty else { return "each virtual rank's part by itself is finite" }
        return few(ofVirtualRanks)
            + (isEverywhere ? "; as all virtual ranks are concerned, the parameters may have run away" : "")
    }

    private func few(_ clauses: [String]) -> String {
        let most = 8, more = clauses.count > most ? " and \(counted(clauses.count - most, "more rank"))" : ""
        return clauses.prefix(most).joined(separator: "; ") + more
    }
}

extension VirtualRankFinding {
    fileprivate var inWords: String {
        "virtual rank \(virtualRank) with \(listed(sequences, "sequence")) has loss \(loss) and gradient norm \(norm)"
    }
}

/// A list such as "sequence 3" or "sequences 3, 9".
private func listed(_ elements: [SequenceID], _ noun: String) -> String {
    "\(noun)\(elements.count == 1 ? "" : "s") \(elements.map(\.description).joined(separator: ", "))"
}

extension DataSet {
    /// The sequences with values that are not finite, in the raw data or in what a network is given of them.
    func notFinite(among sequences: [SequenceID]) throws -> [SequenceID] {
        var values = [Float](repeating: 0, count: source.geometry.elements)
        func isFinite(_ sequence: SequenceID, in source: any SequenceSource) throws -> Bool {
            var span = values.mutableSpan
            try source.read(sequence: sequence.number, into: &span)
            return values.allSatisfy(\.isFinite)
        }
        return try sequences.filter { sequence in
            let isWhole = try isFinite(sequence, in: source)
            return try !(isWhole && source.inputs.map { try isFinite(sequence, in: $0) } ?? true)
        }
    }
}
