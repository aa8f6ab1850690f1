// What is wrong with a file, worded so that a person can act on it. The choice: one shape for every format, three
// phrases that make one sentence.

/// The reason why a file cannot be read or written, and what to do about it.
package struct FormatError: Error, Equatable, CustomStringConvertible {
    /// The file as the user named it.
    package var file: String
    /// What is wrong, as a clause about the file.
    package var problem: String
    /// What to do, as an imperative clause.
    package var advice: String

    package init(file: String, problem: String, advice: String) {
        (self.file, self.problem, self.advice) = (file, problem, advice)
    }

    package var description: String { "\(file.printable) \(problem.printable); \(advice)" }
}

extension String {
    /// The text on one line, whatever a file or its name contains.
    fileprivate var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.affectsLayout ? "?" : $0 }))
    }

    /// A name from a file, shortened to fit into a sentence. Scalars are counted, because one character may consist of
    /// any number of them.
    package var quotable: String {
        let scalars = unicodeScalars
        return scalars.dropFirst(40).isEmpty ? self : String(scalars.prefix(37)) + "..."
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is a control character, a separator of lines or paragraphs, or a directional mark.
    fileprivate var affectsLayout: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        default: false
        }
    }
}
