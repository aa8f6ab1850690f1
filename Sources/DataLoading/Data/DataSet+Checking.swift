// Whether a data set matches its manifest, and fits a checkpoint, before anything is evaluated.

import Distribution
import Configuration
import Collectives
import Shards

extension DataSet {
    /// Verifies the shards of an older data set, whose manifest has no digests of their tables, by the digests of
    /// the whole files. Ranks of one host share the reading, and a rank with shards of its own reads those.
    /// Collective.
    ///
    /// Throws `FormatError` naming the first file that differs from its digest.
    package func requireWholeShards(on communicator: any Communicator) throws {
        let names = try communicator.gather(communicator.hostName), hosts = try communicator.shared { names }
        let neighbors = hosts.indices.filter {
            deal == nil ? hosts[$0] == communicator.hostName : $0 == communicator.rank
        }
        let place = neighbors.firstIndex(of: communicator.rank) ?? 0
        try (source as? ShardSet)?.requireWholeShards(part: place, of: max(1, neighbors.count))
        // No rank continues while another may still find damage.
        try communicator.barrier()
    }

    /// The IDs of the sequences of a split.
    ///
    /// Throws a usage error that names the existing splits if the split is empty.
    package func sequences(of split: Split) throws(TrainingError) -> Range<Int> {
        let range = range(of: split)
        guard range.isEmpty else { return range }
        let others = Split.allCases.filter { !self.range(of: $0).isEmpty }
            .map { "\(self.range(of: $0).count) with --split \($0.rawValue)" }
        throw .usage("\(name) has no \(split.rawValue) split; it has \(others.joined(separator: " and "))")
    }
}
