// Tells the programs from which commit they are built. The choice: git is run whenever its log of HEAD has grown,
// so that a build after a commit names it, and a build without a new commit recompiles nothing.

import Foundation
import PackagePlugin

@main
struct CommitPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let repository = context.package.directoryURL
        let output = context.pluginWorkDirectoryURL.appending(path: "Commit.swift")
        let script = """
            commit=$(git -C "$0" rev-parse --short=12 HEAD 2> /dev/null || echo unknown)
            echo "/// The commit that this program was built from; unknown outside a repository." > "$1"
            echo "package let commit = \\"$commit\\"" >> "$1"
            """
        return [
            .buildCommand(
                displayName: "Asking git for the commit", executable: URL(filePath: "/bin/sh"),
                arguments: ["-c", script, path(of: repository), path(of: output)], inputFiles: headLogs(of: repository),
                outputFiles: [output])
        ]
    }

    /// A path as the system has it, blanks included.
    private func path(of file: URL) -> String { file.path(percentEncoded: false) }

    /// The file that grows with every commit, checkout and pull; empty outside a repository.
    private func headLogs(of repository: URL) -> [URL] {
        let git = repository.appending(path: ".git")
        // In a worktree, .git is a file: "gitdir: /elsewhere/.git/worktrees/name".
        let pointer = (try? String(contentsOf: git, encoding: .utf8))?.split(separator: ": ").last
        let folder = pointer.map { URL(filePath: $0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? git
        let log = folder.appending(path: "logs/HEAD")
        return FileManager.default.fileExists(atPath: path(of: log)) ? [log] : []
    }
}
