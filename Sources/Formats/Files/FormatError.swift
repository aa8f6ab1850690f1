// What can be wrong with a file, said so that a person can act on it. The choice: one shape for every format, three
// phrases that make one sentence.

/// A file that cannot be read or written, with the reason and the way out.
package struct FormatError: Error, Equatable, CustomStringConvertible {
    /// The file as the person named it.
    package var file: String
    /// What is wrong, as a clause about the file.
    package var problem: String
    /// What to do, as an imperative clause.
    package var advice: String

    package init(_ file: String, _ problem: String, _ advice: String) {
        (self.file, self.problem, self.advice) = (file, problem, advice)
    }

    package var description: String { "\(file.printable) \(problem.printable); \(advice)" }
}

extension String {
    /// On one line, whatever a file or its name holds.
    fileprivate var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    /// A name out of a file as a sentence can hold it.
    package var quotable: String { count <= 40 ? self : prefix(37) + "..." }
}
