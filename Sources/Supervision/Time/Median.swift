// The number in the middle. The choice: of an even count the mean of the two in the middle, as numpy has it.

extension [Double] {
    /// Half of the numbers are below it; 0 for none.
    package var median: Double {
        let sorted = sorted(), middle = count / 2
        guard !isEmpty else { return 0 }
        return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
