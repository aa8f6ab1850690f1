// Whether a data set is what its manifest says, and can be used with a checkpoint, before anything is measured.

import Distribution
import Configuration
import Collectives
import Shards

extension DataSet {
    /// Compares the shards of an older data set, whose manifest has no digests of their tables, with those of the whole
    /// files. Ranks of one host share the reading, and a rank with shards of its own reads those. Collective.
    ///
    /// Throws `FormatError` naming the first file that is not as it was written.
    package func requireWholeShards(on communicator: any Communicator) throws {
        let names = try communicator.gather(communicator.hostName), hosts = try communicator.shared { names }
        let neighbors = hosts.indices.filter {
            deal == nil ? hosts[$0] == communicator.hostName : $0 == communicator.rank
        }
        let place = neighbors.firstIndex(of: communicator.rank) ?? 0
        try (source as? ShardSet)?.requireWholeShards(part: place, of: max(1, neighbors.count))
        // Nobody goes on while another may still find damage.
        try communicator.barrier()
    }

    /// The numbers of the sequences with a use.
    ///
    /// Throws a usage error that names what there is, if none were held back for it.
    package func sequences(of split: Split) throws(TrainingError) -> Range<Int> {
        let range = range(of: split)
        guard range.isEmpty else { return range }
        let others = Split.allCases.filter { !self.range(of: $0).isEmpty }
            .map { "\(self.range(of: $0).count) with --split \($0.rawValue)" }
        throw .usage("\(name) has no \(split.rawValue) split; it has \(others.joined(separator: " and "))")
    }
}
