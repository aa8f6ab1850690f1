// Which checkpoints of a run stay: the newest ones, the best one, and every so many steps one for good.

/// A rule for which checkpoints stay. The best one always does.
package struct Retention: Sendable, Equatable {
    /// The number of newest checkpoints to keep.
    package let newest: Int

    /// The checkpoints of steps that are multiples of this number stay for good; 0 for none.
    package let every: Int

    package init(newest: Int = 1, every: Int = 0) { (self.newest, self.every) = (newest, every) }

    /// The steps of the checkpoints to keep, among those in order.
    package func staying(of steps: [Int], best: Int?) -> Set<Int> {
        let forGood = every == 0 ? [] : steps.filter { $0 % every == 0 }
        return Set(forGood + steps.filter { $0 == best }).union(steps.suffix(newest))
    }
}
