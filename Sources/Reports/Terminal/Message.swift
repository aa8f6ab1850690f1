// Messages on a terminal. The choice: lines break at words, and warnings stand out by color and by what is set in below them.

/// A message to a person.
struct Message {
    private let text: String
    private static let mark = "warning:"

    init(_ text: String) { self.text = text }

    /// The lines on a terminal; those after the first are set in.
    func lines(on terminal: Terminal) -> [String] {
        var lines = Self.wrapped(text, width: max(20, terminal.width - 1))
        if terminal.hasColors, text.hasPrefix(Self.mark) {
            lines[0] = "\u{1B}[1;33m\(Self.mark)\u{1B}[0m" + lines[0].dropFirst(Self.mark.count)
        }
        return lines
    }

    /// Breaks a text at blanks into lines of at most `width` characters, those after the first set in by two. A word that is
    /// longer, such as a path, stays whole.
    static func wrapped(_ text: String, width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = [], line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = "  " + word
            }
        }
        return lines + [line]
    }
}
