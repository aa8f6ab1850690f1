// HKO-7's weights of heavy rain for values in another unit than mm/h, so that balanced errors are those of rain.

import Foundation

extension LossWeights {
    /// HKO-7's weights for values in mm/h, mm for each time step, or dBZ; nil for any other unit.
    ///
    /// Reflectivities are those of HKO-7's Z = 58.53 R^1.56.
    ///
    /// - Parameter timeStep: the seconds between frames.
    package static func hko7(unit: String?, timeStep: Double?) -> LossWeights? {
        let converted: (Double) -> Double
        switch (unit, timeStep) {
        case ("mm/h", _): converted = { $0 }
        case ("mm", let step?): converted = { $0 * step / 3600 }
        case ("dBZ", _): converted = { 10 * log10(58.53 * pow($0, 1.56)) }
        default: return nil
        }
        return LossWeights(thresholds: hko7.thresholds.map(converted), values: hko7.values)
    }
}
