// How messages quote what a file or a person says. The choice: whatever it is, it stays on the line and leaves room for
// the sentence around it.

extension String {
    /// On one line, without control characters, and of at most `limit` characters.
    package func quotable(_ limit: Int = 60) -> String {
        // Scalars, as one character may be made of any number of them; and not all, as it may be a file of a megabyte.
        let start = unicodeScalars.prefix(4 * limit), isWhole = start.endIndex == unicodeScalars.endIndex
        let words = Self.printable(start).split(separator: " ").joined(separator: " ")
        if isWhole && words.unicodeScalars.count <= limit { return words }
        return Self.printable(words.unicodeScalars.prefix(limit - 3)) + "..."
    }

    /// A whole sentence, with its middle left out where it would fill the screen.
    package var bounded: String {
        let scalars = unicodeScalars
        guard scalars.count > 500 else { return self }
        return Self.printable(scalars.prefix(300)) + " ... " + Self.printable(scalars.suffix(150))
    }

    /// With blanks for control characters.
    private static func printable(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = ""
        for scalar in scalars { text.unicodeScalars.append(scalar.isControl ? " " : scalar) }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether it moves what is printed: also the separators of lines and paragraphs, and marks of direction.
    package var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
