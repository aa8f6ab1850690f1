// A command that does not exist, or an option. The choice: it is looked for before anything is parsed, because a parser that expects options
// calls it an unexpected argument.

import ArgumentParser
import Formats
import Platform

extension Program {
    /// Throws a usage error for an option that people know from elsewhere under a name of which ours is no misspelling.
    package static func requireOptions(in arguments: [String], named ours: [String: String]) throws {
        for option in arguments.map({ String($0.prefix { $0 != "=" }) }) {
            guard let name = ours[option] else { continue }
            throw ValidationError("there is no option \(option); did you mean \(name)?")
        }
    }

    /// Throws a usage error, with the name that was probably meant, for the first word that stands where a command should and is
    /// none.
    package static func requireCommand(in arguments: [String]) throws {
        var command: any ParsableCommand.Type = Self.self, path = [Self._commandName]
        for word in arguments where !command.configuration.subcommands.isEmpty {
            if word.hasPrefix("-") || word == "help" { return }
            let all = command.configuration.subcommands, names = all.map { $0._commandName }
            guard let next = zip(names, all).first(where: { $0.0 == word }) else {
                let whole = path.joined(separator: " ")
                let advice =
                    nearest(to: word, among: names).map { "did you mean \($0)?" }
                    ?? "its commands are \(names.joined(separator: ", "))"
                throw ValidationError("\(whole) has no command \(word.quotable()); \(advice)")
            }
            command = next.1
            path.append(word)
        }
    }
}
