// A table in plain text. The choice: columns are as wide as their widest cell, names left and numbers right, and what belongs
// together stands under a heading of its own, so that it looks the same in a terminal, a log and an issue.

/// Rows of cells under a header.
package struct Table: Sendable, CustomStringConvertible {
    /// The alignment of a column's cells.
    package enum Alignment: Sendable { case left, right }

    package let header: [String]
    package private(set) var rows: [[String]] = []
    private let alignments: [Alignment]

    /// Headings above the columns: how many columns each is for, from the left.
    private let headings: [(title: String, columns: Int)]

    /// Makes a table with these columns; by default the first is aligned left and the others right.
    package init(_ header: [String], alignments: [Alignment]? = nil) {
        self.header = header
        headings = []
        self.alignments = alignments ?? header.indices.map { $0 == 0 ? .left : .right }
        precondition(self.alignments.count == header.count, "a table needs one alignment a column")
    }

    /// Makes a table with names on the left, and groups of numbers that stand under a heading each.
    package init(_ names: String, groups: [(heading: String, columns: [String])]) {
        header = [names] + groups.flatMap(\.columns)
        headings = [("", 1)] + groups.map { ($0.heading, $0.columns.count) }
        alignments = header.indices.map { $0 == 0 ? .left : .right }
    }

    /// Adds a row with one cell per column.
    package mutating func add(_ row: [String]) {
        precondition(row.count == header.count, "a row of \(row.count) cells does not fit \(header.count) columns")
        rows.append(row)
    }

    /// The lines of the table, each with a newline and without trailing blanks.
    package var description: String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max()! }
        let rule = widths.map { String(repeating: "-", count: $0) }
        return lineOfHeadings(widths) + ([header, rule] + rows).map { line($0, widths) }.joined()
    }

    /// Each heading at the left of its columns, which are wide enough for it; nothing if there are none.
    private func lineOfHeadings(_ widths: [Int]) -> String {
        var column = 0, line = ""
        for heading in headings {
            let width = widths[column..<column + heading.columns].reduce(0) { $0 + $1 + Self.gap.count }
            line += heading.title.padded(to: width)
            column += heading.columns
        }
        return headings.isEmpty ? "" : line.withoutTrailingBlanks + "\n"
    }

    private static let gap = "  "

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let line = cells.indices.map { column in
            let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
            return alignments[column] == .left ? cells[column] + blanks : blanks + cells[column]
        }.joined(separator: Self.gap)
        return line.withoutTrailingBlanks + "\n"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var withoutTrailingBlanks: Substring {
        self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]
    }
}
