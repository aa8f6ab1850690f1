// Whose numbers were not finite, found out by learning a batch again with the lanes kept apart. The choice: only after
// the sums were not finite, so that a healthy step pays nothing; data that are not finite themselves are named before
// the lanes that read them, because batch normalisation takes them to all lanes.

import Reports
import Distribution
import DataLoading
import Collectives
import Shards

extension Replica {
    /// A clause about the ranks, lanes and sequences that make a batch's loss or gradient not finite, the same on every
    /// rank. The network's moving averages are left as they were before. Collective.
    func suspects(
        in batch: Batch, step: Int, of data: DataSet, on communicator: any Communicator
    ) throws -> String {
        let findings = try examine(batch, step: step)
        let damaged = try data.notFinite(among: findings.flatMap(\.sequences)), lanes = findings.filter { !$0.isFinite }
        let isEverywhere = try communicator.sum(findings.allSatisfy { !$0.isFinite } ? 0 : 1) == 0
        let who = "rank \(communicator.rank) on \(communicator.hostName)"
        let ofData = try communicator.gather(
            damaged.isEmpty ? "" : "\(who) read numbers that are not finite in \(listed(damaged, "sequence"))")
        let ofLanes = try communicator.gather(
            lanes.isEmpty ? "" : "\(who): \(lanes.map(\.inWords).joined(separator: ", "))")
        return try communicator.shared {
            clause(ofData.filter { !$0.isEmpty }, ofLanes.filter { !$0.isEmpty }, isEverywhere: isEverywhere)
        }
    }

    private func clause(_ ofData: [String], _ ofLanes: [String], isEverywhere: Bool) -> String {
        guard ofData.isEmpty else { return few(ofData) }
        guard !ofLanes.isEmpty else { return "each lane's part by itself is finite" }
        return few(ofLanes) + (isEverywhere ? "; as all lanes are concerned, the parameters may have run away" : "")
    }

    private func few(_ clauses: [String]) -> String {
        let most = 8, more = clauses.count > most ? " and \(counted(clauses.count - most, "more rank"))" : ""
        return clauses.prefix(most).joined(separator: "; ") + more
    }
}

extension LaneFinding {
    fileprivate var inWords: String {
        "lane \(lane) with \(listed(sequences, "sequence")) has loss \(loss) and gradient norm \(norm)"
    }
}

/// "sequence 3", "sequences 3, 9".
private func listed(_ numbers: [Int], _ noun: String) -> String {
    "\(noun)\(numbers.count == 1 ? "" : "s") \(numbers.map(String.init).joined(separator: ", "))"
}

extension DataSet {
    /// Those of some sequences that hold numbers which are not finite, themselves or in what a network is to see of
    /// them.
    func notFinite(among sequences: [Int]) throws -> [Int] {
        var values = [Float](repeating: 0, count: source.geometry.elements)
        func isFinite(_ sequence: Int, in source: any SequenceSource) throws -> Bool {
            var span = values.mutableSpan
            try source.read(sequence: sequence, into: &span)
            return values.allSatisfy(\.isFinite)
        }
        return try sequences.filter { sequence in
            let isWhole = try isFinite(sequence, in: source)
            return try !(isWhole && source.inputs.map { try isFinite(sequence, in: $0) } ?? true)
        }
    }
}
