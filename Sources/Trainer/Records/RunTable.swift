// A table that a run has written: metrics.csv, validation.csv or ranks.csv. The choice: a row that is not whole, which a full disk
// or a kill leaves at the end, is left out, as a run that goes on does.

import Formats

/// The rows of a table, by the names of its columns.
package struct RunTable: Sendable {
    package let steps: [Int]
    private let columns: [String: [Double]]

    /// The table of updates in a run's folder; empty if there is none.
    package init(metricsOf run: String) throws { try self.init(path: run + "/metrics.csv") }

    /// The table of validations in a run's folder; empty if there is none.
    package init(validationsOf run: String) throws { try self.init(path: run + "/validation.csv") }

    /// The table of each rank's times in a run's folder; empty if there is none, as of a run of one rank.
    package init(rankTimesOf run: String) throws { try self.init(path: run + "/ranks.csv") }

    private init(path: String) throws {
        let text = try Folder.holds(path) ? String(decoding: InputFile(path: path).bytes(), as: UTF8.self) : ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let names = lines.first?.split(separator: ",") ?? []
        let rows = lines.dropFirst().compactMap { line -> [Double]? in
            let numbers = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
            guard numbers.count == names.count, let step = numbers.first ?? nil, Int(exactly: step) != nil else {
                return nil
            }
            return numbers.map { $0 ?? .nan }
        }
        steps = rows.map { Int($0[0]) }
        columns = Dictionary(
            names.enumerated().map { place, name in (String(name), rows.map { $0[place] }) }, uniquingKeysWith: { $1 })
    }

    /// The values of a column, one for each step; those that are no numbers are NaN.
    package subscript(column: String) -> [Double] { columns[column] ?? [] }
}
