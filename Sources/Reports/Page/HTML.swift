// A piece of HTML or SVG. The choice: markup is what the source writes, and whatever is interpolated is text, so that no name
// of a file or a run can become markup.

/// Markup in which every interpolated text is escaped.
package struct HTML: ExpressibleByStringInterpolation, Sendable {
    package private(set) var markup: String

    package init(stringLiteral value: String) { markup = value }

    package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

    private init(markup: String) { self.markup = markup }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(2 * literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { markup += literal }

        package mutating func appendInterpolation(_ text: String) {
            for character in text.unicodeScalars {
                switch character {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                case "\t", "\n": markup.unicodeScalars.append(character)
                case _ where character.value < 0x20 || character.value == 0x7F: markup += "\u{FFFD}"
                default: markup.unicodeScalars.append(character)
                }
            }
        }

        package mutating func appendInterpolation(_ number: Int) { markup += String(number) }

        package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        package mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { markup += part.markup } }
    }
}

extension HTML {
    /// A table under a header, whose first column names the rows. The style sheet sets the other cells to the right.
    package static func table(_ header: [String], _ rows: [[String]]) -> HTML {
        let head = header.map { "<th>\($0)</th>" as HTML }
        let body = rows.map { row -> HTML in
            let cells = row.dropFirst().map { "<td>\($0)</td>" as HTML }
            return "<tr><th>\(row.first ?? "")</th>\(cells)</tr>\n"
        }
        return "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\n\(body)</tbody></table></div>\n"
    }

    /// A list of facts and their values.
    package static func facts(_ facts: [(name: String, value: String)]) -> HTML {
        "<dl>\(facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML })</dl>\n"
    }

    /// Lines as they are, folded until somebody opens them.
    package static func folded(_ title: String, _ text: String) -> HTML {
        "<details><summary>\(title)</summary><pre>\(text)</pre></details>\n"
    }
}
