// Writes manual pages: `PROGRAM --experimental-dump-help | swift manual.swift FOLDER` makes PROGRAM.1, and a page for each
// of its commands. The choice: what the program tells of itself is the only source, so that pages cannot lag behind it, and
// a script without a build, because ArgumentParser's own generator compiles the whole program once more.

import Foundation

struct Tool: Decodable {
    var command: Command
}

struct Command: Decodable {
    var commandName: String
    var abstract, discussion: String?
    var shouldDisplay: Bool
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// The commands and arguments that --help shows.
    var shownCommands: [Command] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }
    var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }
}

struct Argument: Decodable {
    struct Name: Decodable {
        var kind, name: String

        /// The name as mdoc's Fl takes it, which puts a dash before it.
        var flag: String { kind == "long" ? "-" + name : name }
    }

    var kind: String
    var abstract, discussion, defaultValue, valueName: String?
    var allValues: [String]?
    var names: [Name]?
    var isOptional, isRepeating, shouldDisplay: Bool

    /// How it is typed, in mdoc: `Fl -data Ar folder`.
    func typed(_ names: [Name]) -> String {
        let value = "Ar \(word(valueName ?? "value"))" + (isRepeating ? " ..." : "")
        let flags = names.map { "Fl " + word($0.flag) }.joined(separator: " , ")
        return kind == "positional" ? value : kind == "flag" ? flags : flags + " " + value
    }

    var synopsis: String {
        let typed = typed((names?.last { $0.kind == "long" } ?? names?.first).map { [$0] } ?? [])
        return isOptional ? ".Op " + typed : "." + typed
    }

    /// What it is for, its values and its default.
    var text: String {
        var notes: [String] = []
        if let values = allValues, !values.isEmpty { notes.append("values: " + values.joined(separator: ", ")) }
        if let defaultValue { notes.append("default: " + defaultValue) }
        let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
        return [(abstract ?? "") + note, discussion ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

/// A text as lines of mdoc that are no requests.
func lines(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\e")
    return escaped.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.isEmpty ? ".Pp" : line.first == "." || line.first == "'" ? "\\&" + line : String(line)
    }.joined(separator: "\n")
}

/// A word as an argument of a macro.
func word(_ text: String) -> String {
    text.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "|", with: "\\&|\\&")
}

/// The page of a command.
///
/// - Parameter parents: the names of the commands above it, from the program on.
func page(_ command: Command, below parents: [String], date: String) -> String {
    let names = parents + [command.commandName], title = names.joined(separator: "-")
    var page = [".Dd \(date)", ".Dt \(title.uppercased()) 1", ".Os"]
    page += [".Sh NAME", ".Nm \(title)", ".Nd \(plain(command.abstract))"]
    page += [".Sh SYNOPSIS", ".Nm \(names.joined(separator: " "))"]
    page += command.shownArguments.map(\.synopsis)
    if !command.shownCommands.isEmpty { page += [".Ar command", ".Op Ar option ..."] }
    page += [".Sh DESCRIPTION", lines(command.abstract ?? "")]
    if let discussion = command.discussion { page += [".Pp", lines(discussion)] }
    if !command.shownCommands.isEmpty {
        page += [".Sh COMMANDS", ".Bl -tag -width 6n"]
        page += command.shownCommands.flatMap { [".It Xr \(title)-\($0.commandName) 1", lines($0.abstract ?? "")] }
        page += [".El"]
    }
    page += [".Sh OPTIONS", ".Bl -tag -width 6n"]
    page += command.shownArguments.flatMap { [".It \($0.typed($0.names ?? []))", lines($0.text)] }
    page += [".El", ".Sh EXIT STATUS", "0: done. 1: it could not be done. 2: the command line is wrong."]
    if title == "convlstm-dist-train" {
        page.append("75: it was stopped, and saved a checkpoint; run the same command again. 69: it made no progress.")
    }
    if !parents.isEmpty { page += [".Sh SEE ALSO", ".Xr \(parents.joined(separator: "-")) 1"] }
    return page.joined(separator: "\n") + "\n"
}

/// A sentence as a phrase: without its period.
func plain(_ sentence: String?) -> String {
    let text = lines(sentence ?? "")
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}

func write(_ command: Command, below parents: [String], to folder: URL, date: String) throws {
    let names = parents + [command.commandName]
    let file = folder.appending(path: names.joined(separator: "-") + ".1")
    try page(command, below: parents, date: date).write(to: file, atomically: true, encoding: .utf8)
    for subcommand in command.shownCommands { try write(subcommand, below: names, to: folder, date: date) }
}

guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("Usage: PROGRAM --experimental-dump-help | swift manual.swift FOLDER\n".utf8))
    exit(2)
}
let tool = try JSONDecoder().decode(Tool.self, from: FileHandle.standardInput.readDataToEndOfFile())
let today = DateFormatter()
today.locale = Locale(identifier: "en_US_POSIX")
today.dateFormat = "MMMM d, yyyy"
try write(tool.command, below: [], to: URL(filePath: CommandLine.arguments[1]), date: today.string(from: Date()))
