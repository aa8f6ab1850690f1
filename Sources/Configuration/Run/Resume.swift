// Whether a run resumes from a checkpoint, and from which one.

/// Whether a run resumes from a checkpoint, and from which one.
package enum Resume: Equatable, Sendable {
    /// Resumes from the newest intact checkpoint in the output folder, if there is one.
    case auto
    /// Starts from scratch, in a folder without a run.
    case never
    /// Resumes from this file.
    case from(path: String)

    package init(_ text: String) {
        self =
            switch text {
            case "auto": .auto
            case "never": .never
            default: .from(path: text)
            }
    }

    /// The checkpoint that a person named; nil for the run's own.
    package var start: String? { if case .from(let path) = self { path } else { nil } }

    package var text: String {
        switch self {
        case .auto: "auto"
        case .never: "never"
        case .from(let path): path
        }
    }
}

/// A file stores the text.
extension Resume: Codable {
    package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(text)
    }
}
