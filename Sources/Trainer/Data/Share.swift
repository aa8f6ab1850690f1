// Which part of something countable is whose. The choice: contiguous parts that differ by at most one; some may be
// empty.

/// A division into equal parts.
package enum Share {
    /// Of 0 ..< count.
    package static func range(of count: Int, part: Int, parts: Int) -> Range<Int> {
        count * part / parts..<count * (part + 1) / parts
    }
}
