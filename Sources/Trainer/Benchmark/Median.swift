// What stands for several measurements of one thing. The choice: the median, because what disturbs a measurement makes it
// longer, now and then much longer.

extension [Double] {
    /// The middle number, or the mean of the middle two. There must be one.
    var median: Double {
        let sorted = self.sorted(), middle = count / 2
        return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
