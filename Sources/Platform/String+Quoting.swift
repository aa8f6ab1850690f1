// Quotes text from files and users in messages. The choice: any text stays on one line and leaves room for the sentence
// around it.

extension String {
    /// The text on one line, without control characters, in at most `limit` characters.
    package func quotable(_ limit: Int = 60) -> String {
        // Counts scalars, because one character may consist of any number of them; and not all, as it may be a large
        // file.
        let start = unicodeScalars.prefix(4 * limit), isWhole = start.endIndex == unicodeScalars.endIndex
        let words = Self.printable(start).split(separator: " ").joined(separator: " ")
        if isWhole && words.unicodeScalars.count <= limit { return words }
        return Self.printable(words.unicodeScalars.prefix(limit - 3)) + "..."
    }

    /// A whole sentence, with its middle omitted if it would fill the screen.
    package var bounded: String {
        let scalars = unicodeScalars
        guard scalars.count > 500 else { return self }
        return Self.printable(scalars.prefix(300)) + " ... " + Self.printable(scalars.suffix(150))
    }

    /// The text with blanks in place of control characters.
    private static func printable(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(scalar.isControl ? " " : scalar) }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether the scalar affects layout: control characters, line and paragraph separators, and directional marks.
    package var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
