// Measured numbers for programs: no more digits than a measurement has.

import Foundation

extension Double {
    /// The number rounded to some decimal places.
    func rounded(decimals: Int) -> Double {
        let unit = pow(10, Double(decimals))
        return (self * unit).rounded() / unit
    }
}
