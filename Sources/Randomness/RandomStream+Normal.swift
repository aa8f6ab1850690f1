// Normally distributed random numbers. The choice: the Box-Muller transform of two uniform numbers, discarding its
// second result, so that a stream has no state but its position.

import Foundation

extension RandomStream {
    /// Returns a normally distributed number with mean 0 and standard deviation 1.
    ///
    /// Source: Box and Muller, "A note on the generation of random normal deviates", 1958.
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }
}
