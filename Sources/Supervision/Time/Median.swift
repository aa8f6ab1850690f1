// The median. The choice: of an even number of values it is the mean of the middle two, as in numpy.

extension [Double] {
    /// The median; 0 for an empty array.
    package var median: Double {
        let sorted = sorted(), middle = count / 2
        guard !isEmpty else { return 0 }
        return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
