// What Launch/install makes of the programs under test. The choice: the scripts are the repository's own, in a copy of its
// Launch folder; only `swift build` is a stand-in, which puts the programs of this build in place of two more builds.

import Foundation
import TestSupport
import Testing

/// A clone of the repository as far as Launch/install needs it, and a home to install in.
final class Installation: Sendable {
    let folder: TemporaryFolder

    /// One that is installed in `.local` of its home.
    static let shared = Result {
        let installation = try Installation()
        let result = try installation.launch("install")
        try #require(result.status == 0, "\(result)")
        return installation
    }

    init() throws {
        folder = try TemporaryFolder()
        let manager = FileManager.default
        for name in ["clone", "home", "tools"] {
            try manager.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        }
        try manager.copyItem(atPath: Repository.path + "Launch", toPath: folder.file("clone/Launch"))
        try write(script: Self.swift, to: "tools/swift")
    }

    /// Says what it is asked to build, and links the programs under test; does anything else as swift does.
    private static let swift = """
        #!/bin/bash
        if [[ $1 != build ]]; then
            PATH=${PATH#*:}
            exec swift "$@"
        fi
        echo "$CONVLSTM_CPU $*" >> builds.txt
        while [[ $# -gt 0 ]]; do
            case $1 in --product) product=$2 ;; --scratch-path) scratch=$2 ;; esac
            shift
        done
        mkdir -p "$scratch/release"
        cp "$PROGRAMS/$product" "$scratch/release/$product"

        """

    /// Writes an executable script.
    func write(script: String, to name: String) throws {
        try folder.write(Array(script.utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.file(name))
    }

    /// The environment of a person whose home this is, and who types the programs' names.
    var environment: [String: String] {
        let programs = URL(fileURLWithPath: Command.path(of: "convlstm-dist")).deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return [
            "HOME": folder.file("home"), "PROGRAMS": programs,
            "PATH": "\(folder.file("tools")):\(folder.file("home/.local/bin")):\(path)",
        ]
    }

    /// Runs a script of the clone's Launch folder, from the clone.
    func launch(_ script: String, _ arguments: [String] = []) throws -> CommandResult {
        try Command.run(
            "Launch/" + script, arguments, environment: environment, directory: folder.file("clone"), timeout: 120)
    }

    /// Runs a line of a shell in the home.
    func shell(_ line: String, environment more: [String: String] = [:]) throws -> CommandResult {
        try Command.run(
            "bash", ["-c", line], environment: environment.merging(more) { $1 }, directory: folder.file("home"),
            timeout: 120)
    }
}
