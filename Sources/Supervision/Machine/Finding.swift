// The result of one check of the `doctor` command, with a command that fixes the problem if there is one.

/// The result of one check.
package struct Finding: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        case ok, warning
        /// Training will not work.
        case failure
    }

    package let subject: String
    package let state: State
    package let text: String

    /// A command to type; nil where nothing is to be done.
    package let remedy: String?

    package static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, state: .ok, text: text, remedy: nil)
    }

    package static func warning(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(subject: subject, state: .warning, text: text, remedy: remedy)
    }

    package static func failure(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(subject: subject, state: .failure, text: text, remedy: remedy)
    }
}
