// An all-reduce in bfloat16, which sends half the bytes. The choice: values are sent in 16 bits and added in 32.
// Each rank reduces one slice in the order of the ranks, rounds it and sends it to all, itself included, so that
// all ranks hold the same bits.

import Platform
import Collectives
import Kernels

/// A sum over all ranks that rounds each rank's values, and the sums, to 16 bits.
package final class RoundedSum {
    private let communicator: any Communicator
    private let pool: ThreadPool

    /// The packed slices of a piece, and this rank's slice from every rank: (ranks, packed values).
    private let sent, received: Tensor<Float>

    /// The number of elements per exchange, which bounds the memory of the buffers.
    private static let piece = 1 << 22

    /// - Parameter count: the number of elements of the vectors.
    package init(_ communicator: any Communicator, on pool: ThreadPool, count: Int) {
        (self.communicator, self.pool) = (communicator, pool)
        sent = Tensor(Self.places(count, ranks: communicator.size))
        received = Tensor(Self.places(count, ranks: communicator.size))
    }

    /// The buffer size for the largest slice of every rank.
    private static func places(_ count: Int, ranks: Int) -> Int {
        ranks * packedCount(of: (min(count, piece) + ranks - 1) / ranks)
    }

    /// Replaces the vector of every rank by the sum over all ranks, with the same bits everywhere. Collective.
    package func sum(_ vector: Tensor<Float>) throws {
        for piece in (0..<vector.count).chunks(of: Self.piece) { try sum(piece: vector[piece]) }
    }

    private func sum(piece: Tensor<Float>) throws {
        let ranks = communicator.size, sent = sent
        let slices = (0..<ranks).map { piece[(0..<piece.count).part($0, of: ranks)] }
        let ends = slices.reduce(into: [0]) { $0.append($0.last! + packedCount(of: $1.count)) }
        let packed = zip(ends, ends.dropFirst()).map { $0..<$1 }
        pool.forEach(ranks) { rank in pack(slices[rank], into: sent[packed[rank]]) }
        try exchange(packed)

        let own = slices[communicator.rank], ownPacked = packed[communicator.rank]
        own.fill(0)
        for rank in 0..<ranks {
            addUnpacked(received[rank * ownPacked.count..<(rank + 1) * ownPacked.count], accumulatingInto: own)
        }
        pack(own, into: sent[ownPacked])
        var places = sent.mutableSpan
        try communicator.allGather(&places, packed)
        pool.forEach(ranks) { rank in unpack(sent[packed[rank]], into: slices[rank]) }
    }

    private func exchange(_ packed: [Range<Int>]) throws {
        let (sent, received) = (sent, received), values = sent.span
        var places = received.mutableSpan
        let starts: [Int?] = packed.indices.map { $0 * packed[communicator.rank].count }
        try communicator.allToAll(values, packed, into: &places, at: starts)
    }
}
