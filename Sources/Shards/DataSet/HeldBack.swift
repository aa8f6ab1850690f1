// The number of held-back sequences as an option of a command.

/// How many sequences to hold back: `0.1` is a fraction of all, `1000` a count.
package struct HeldBack: Equatable, Sendable, CustomStringConvertible {
    private enum Amount: Equatable {
        case fraction(Double)
        case count(Int)
    }

    private let amount: Amount
    package let description: String

    package init(count: Int) { (amount, description) = (.count(count), "\(count)") }

    /// Parses an option's text; nil if it is neither a count nor a fraction in 0..<1.
    package init?(_ text: String) {
        if let count = Int(text), count >= 0 {
            amount = .count(count)
        } else if let fraction = Double(text), (0..<1).contains(fraction) {
            amount = .fraction(fraction)
        } else {
            return nil
        }
        description = text
    }

    /// The number of sequences held back of `total`; a fraction is rounded to the nearest count.
    package func count(of total: Int) -> Int {
        switch amount {
        case .count(let count): count
        case .fraction(let fraction): Int((fraction * Double(total)).rounded())
        }
    }
}
