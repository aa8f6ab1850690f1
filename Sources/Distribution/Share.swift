// Which part of something countable is whose. The choice: contiguous parts that differ by at most one; some may be
// empty.

/// A division into equal parts.
package enum Share {
    /// Of 0 ..< count.
    package static func range(of count: Int, part: Int, parts: Int) -> Range<Int> {
        count * part / parts..<count * (part + 1) / parts
    }

    /// Where the parts of 0 ..< count begin, and where the last one ends.
    package static func bounds(of count: Int, parts: Int) -> [Int] { (0...parts).map { count * $0 / parts } }
}
