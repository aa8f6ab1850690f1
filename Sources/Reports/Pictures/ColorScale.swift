// The color of a value. The choice: values of rain have the steps that weather services use, and whatever else stays gray,
// because colors that nobody can read back show less than brightness does.

/// A map from values to colors; a missing value, NaN, has a gray that no other has.
package enum ColorScale: Equatable, Sendable {
    /// From black to white over a range.
    case gray(ClosedRange<Float>)

    /// The color of the last step whose threshold a value has reached; white below the first.
    case steps([Step], unit: String)

    package struct Step: Equatable, Sendable {
        package var threshold: Float
        var color: Color
    }

    /// The scale for values in a unit: rain rate in mm/h or reflectivity in dBZ in colors, others in gray over the range.
    package init(unit: String?, range: ClosedRange<Float>) {
        switch unit {
        case "mm/h": self = .steps(Self.steps(from: [0.1, 0.5, 1, 2, 5, 10, 20, 30, 50]), unit: "mm/h")
        case "dBZ": self = .steps(Self.steps(from: [5, 12, 18, 24, 30, 36, 42, 48, 54]), unit: "dBZ")
        default: self = .gray(range.lowerBound < range.upperBound ? range : range.lowerBound...range.lowerBound + 1)
        }
    }

    /// The colors of a scale with steps and the thresholds from which they are used, then the unit; empty for gray.
    var legend: [(color: Color?, text: String)] {
        guard case .steps(let steps, let unit) = self else { return [] }
        func inWords(_ number: Float) -> String { number == number.rounded() ? "\(Int(number))" : "\(number)" }
        return [(.white, "less")] + steps.map { ($0.color, inWords($0.threshold)) }
            + [(nil, unit), (Self.missing, "missing")]
    }

    /// The thresholds of its steps, ascending; nil without steps.
    package var thresholds: [Float]? {
        guard case .steps(let steps, _) = self else { return nil }
        return steps.map(\.threshold)
    }

    private static func steps(from thresholds: [Float]) -> [Step] {
        zip(thresholds, colors).map { Step(threshold: $0, color: $1) }
    }

    /// From drizzle to hail: blues, greens, yellows, reds, violet, each darker or warmer than the one before.
    private static let colors = [
        Color(red: 198, green: 224, blue: 245), Color(red: 120, green: 180, blue: 232),
        Color(red: 46, green: 120, blue: 200), Color(red: 30, green: 150, blue: 90),
        Color(red: 120, green: 200, blue: 60), Color(red: 250, green: 220, blue: 40),
        Color(red: 245, green: 140, blue: 20), Color(red: 215, green: 35, blue: 30),
        Color(red: 150, green: 20, blue: 130),
    ]

    static let missing = Color.gray(176)

    func color(of value: Float) -> Color {
        if value.isNaN { return Self.missing }
        switch self {
        case .gray: return .gray(level(of: value))
        case .steps(let steps, _): return steps.last { value >= $0.threshold }?.color ?? .white
        }
    }

    /// The place of a value on the scale as the brightness of a color's channel.
    func level(of value: Float) -> UInt8 { UInt8((255 * position(of: value)).rounded()) }

    /// The place of a value on the scale, from 0 to 1; NaN becomes 0.
    func position(of value: Float) -> Float {
        switch self {
        case .gray(let range):
            let x = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            return x > 0 ? min(x, 1) : 0
        case .steps(let steps, _):
            guard let reached = steps.lastIndex(where: { value >= $0.threshold }) else {
                return value > 0 ? max(0, value / steps[0].threshold) / Float(steps.count) : 0
            }
            guard reached + 1 < steps.count else { return 1 }
            let (from, to) = (steps[reached].threshold, steps[reached + 1].threshold)
            return (Float(reached + 1) + (value - from) / (to - from)) / Float(steps.count)
        }
    }
}

extension ColorScale {
    /// The color of an error: white where prediction and truth agree, red where the prediction is too large, blue where
    /// it is too small.
    func color(ofError prediction: Float, truth: Float) -> Color {
        let error: Float
        switch self {
        case .gray(let range): error = (prediction - truth) / (range.upperBound - range.lowerBound)
        case .steps: error = position(of: prediction) - position(of: truth)
        }
        guard !truth.isNaN, !prediction.isNaN else { return Self.missing }
        let extreme = error > 0 ? Color(red: 178, green: 16, blue: 32) : Color(red: 24, green: 80, blue: 176)
        return Color.white.mixed(with: extreme, weight: min(abs(error), 1))
    }
}
