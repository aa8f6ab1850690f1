// Results that ranks and threads add up. The choice: each is a list of whole numbers as Doubles, below 2^53, so that
// one all-reduce adds everything exactly, in whatever order.

/// A result that is a sum over whatever was counted.
package protocol Summable {
    /// The numbers whose sums are those of the union of what was counted.
    var sums: [Double] { get }

    /// Takes the numbers back from the front of a list.
    mutating func take(_ sums: inout ArraySlice<Double>)
}

extension Summable {
    package static func += (one: inout Self, other: Self) {
        var sums = zip(one.sums, other.sums).map(+)[...]
        one.take(&sums)
    }
}

extension Array: Summable where Element: Summable {
    package var sums: [Double] { flatMap(\.sums) }

    package mutating func take(_ sums: inout ArraySlice<Double>) {
        for index in indices { self[index].take(&sums) }
    }
}
