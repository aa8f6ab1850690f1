// The bar of a job of known length.

/// How much of a job is done, as a bar.
package struct Bar {
    private let fraction: Double

    package init(_ fraction: Double) { self.fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1) }

    /// The whole percent that are done: 100 only for all.
    package var percent: String { "\(Int(100 * fraction)) %" }

    /// A bar of so many characters.
    package func drawn(width: Int, on terminal: Terminal) -> String {
        let filled = Int(Double(width) * fraction)
        let (done, open) = terminal.hasLineCharacters ? ("━", "─") : ("#", ".")
        return String(repeating: done, count: filled) + String(repeating: open, count: width - filled)
    }
}

/// A job of which a known part is done, in one line.
package struct PartDone: ProgressText {
    private let label: String, remark: String
    private let bar: Bar
    private static let width = 30

    package init(_ label: String, _ fraction: Double, _ remark: String) {
        (self.label, bar, self.remark) = (label, Bar(fraction), remark)
    }

    package var line: String { "\(label): \(remark)" }

    package func panel(on terminal: Terminal) -> [String] {
        ["\(label) \(bar.drawn(width: Self.width, on: terminal)) \(bar.percent), \(remark)"]
    }
}
