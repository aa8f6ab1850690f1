import Configuration
import Foundation
import Testing

/// Values in a unit, and what a network computes with.
@Suite struct ValueTransformTests {
    private func transform(_ description: TransformDescription, unit: String? = "mm/h") throws -> ValueTransform {
        try ValueTransform(description, unit: unit, of: "radar")
    }

    /// Rain rates in mm/h of reflectivities in dBZ by Marshall and Palmer, as tables of the field have them.
    @Test(arguments: [
        (15.0, 0.316), (20, 0.648), (25, 1.33), (30, 2.73), (35, 5.62), (40, 11.5), (45, 23.7), (50, 48.6),
    ])
    func reflectivityIsThatOfTheRate(dBZ: Double, rate: Double) throws {
        let transform = try transform(.dBZ(.init(from: 0, to: 60)))
        #expect(abs(transform.scaled(rate) * 60 - dBZ) < 0.03)
        #expect(abs(transform.restored(dBZ / 60) - rate) < 0.005 * rate)
    }

    /// The pixels of HKO-7's radar images at its thresholds: dBZ = 70 p - 10, Z = 58.53 R^1.56.
    @Test(arguments: [(0.5, 0.328253), (2, 0.462426), (5, 0.551110), (10, 0.618197), (30, 0.724527)])
    func thresholdsAreThePixelsOfHKO7(rate: Double, pixel: Double) throws {
        let hko7 = TransformDescription.dBZ(.init(a: 58.53, b: 1.56, from: -10, to: 60))
        #expect(abs(try transform(hko7).scaled(rate) - pixel) < 1e-6)
        // Of data in dBZ the values are taken as they are, and thresholds are still rates.
        let reflectivity = try transform(hko7, unit: "dBZ")
        #expect(abs(reflectivity.scaled(threshold: rate) - pixel) < 1e-6)
        #expect(reflectivity.scaled(25) == 0.5 && reflectivity.restored(0.5) == 25)
    }

    @Test(arguments: [
        TransformDescription.linear(.init(from: -2, to: 6)), .dBZ(.init(from: -10)),
        .logarithm(.init(scale: 0.1, to: 50)),
    ])
    func whatItMapsItMapsBack(description: TransformDescription) throws {
        let transform = try transform(description)
        for x in stride(from: 0.01, through: 1, by: 0.01) {
            #expect(abs(transform.scaled(transform.restored(x)) - x) < 1e-12)
        }
        #expect(transform.scaled(.nan).isNaN && transform.restored(.nan).isNaN)
        #expect(transform.scaled(-1e9) == 0 && transform.scaled(1e9) == 1 && transform.clips(1e9))
        #expect(transform.scaled(transform.restored(-3)) == 0 && !transform.clips(transform.restored(0.5)))
    }

    @Test func noRainIsZeroAndBack() throws {
        for description in [TransformDescription.dBZ(.init()), .logarithm(.init(scale: 0.1, to: 50))] {
            let transform = try transform(description)
            #expect(transform.scaled(0) == 0 && transform.restored(0) == 0)
        }
    }

    @Test func reflectivityOfAnotherUnitIsRefused() {
        for unit in ["mm", nil] {
            #expect { try transform(.dBZ(.init()), unit: unit) } throws: { "\($0)".contains("mm/h or dBZ") }
        }
    }

    @Test func constantsThatMapNothingAreSaid() {
        let wrong: [TransformDescription] = [
            .linear(.init(from: 1, to: 1)), .dBZ(.init(a: 0)), .dBZ(.init(from: 60, to: 0)), .dBZ(.init(b: .infinity)),
            .logarithm(.init(scale: 0, to: 1)), .linear(.init(from: .nan, to: 1)),
        ]
        for description in wrong { #expect(description.problem != nil, "\(description)") }
        #expect(TransformDescription.dBZ(.init()).problem == nil)
    }
}
