// A table in plain text. The choice: columns are as wide as their widest cell, names left and numbers right, so that it
// looks the same in a terminal, a log and an issue.

/// Rows of cells under a header.
package struct Table: Sendable, CustomStringConvertible {
    /// The alignment of a column's cells.
    package enum Alignment: Sendable { case left, right }

    package let header: [String]
    package private(set) var rows: [[String]] = []
    private let alignments: [Alignment]

    /// Makes a table with these columns; by default the first is aligned left and the others right.
    package init(_ header: [String], alignments: [Alignment]? = nil) {
        self.header = header
        self.alignments = alignments ?? header.indices.map { $0 == 0 ? .left : .right }
        precondition(self.alignments.count == header.count, "a table needs one alignment a column")
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
        return ([header, rule] + rows).map { line($0, widths) + "\n" }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = cells.indices.map { column in
            let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
            return alignments[column] == .left ? cells[column] + blanks : blanks + cells[column]
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
