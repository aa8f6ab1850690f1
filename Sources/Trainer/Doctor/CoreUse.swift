// The cores that one rank may use, and what it does with them.

package struct CoreUse: Codable, Sendable, Equatable {
    package var rank: Int

    /// The numbers of the cores that it may run on, and how many of them the container's quota is worth.
    package var cores: [Int]
    package var quota: Double?
    package var threads: Int

    package init(rank: Int, cores: [Int], quota: Double?, threads: Int) {
        (self.rank, self.cores, self.quota, self.threads) = (rank, cores, quota, threads)
    }
}

extension RankFacts {
    var coreUse: CoreUse { CoreUse(rank: rank, cores: cores, quota: quota, threads: threads) }
}
