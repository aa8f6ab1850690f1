// Tells the programs what they are built from: the commit, and a digest of all sources, by which ranks of builds for unlike
// processors know each other. The choice: git is run whenever its log of HEAD has grown, and the digest is taken whenever a
// source has changed, so that a build without a change recompiles nothing.

import Foundation
import PackagePlugin

@main
struct VersionPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let repository = context.package.directoryURL, folder = context.pluginWorkDirectoryURL
        return [
            command(
                "Asking git for the commit", Self.commit, in: repository, reading: headLogs(of: repository),
                writing: folder.appending(path: "Commit.swift")),
            command(
                "Taking the digest of the sources", Self.digest, in: repository, reading: sources(of: repository),
                writing: folder.appending(path: "Sources.swift")),
        ]
    }

    /// The scripts run in the repository; `$1` is the file to write.
    private static let commit = """
        commit=$(git rev-parse --short=12 HEAD 2> /dev/null || echo unknown)
        {
            echo 'extension Version {'
            echo '    /// The commit that this program was built from; unknown outside a repository.'
            echo "    package static let commit = \\"$commit\\""
            echo '}'
        } > "$1"
        """

    /// Of names and contents, in an order that no locale changes. A file with the same digest stays as it is, so that
    /// nothing is compiled again for it.
    private static let digest = """
        set -e
        digest=$(find Package.swift Sources -type f ! -name '.*' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum \
            | sha256sum | cut -c 1-16)
        {
            echo 'extension Version {'
            echo '    /// The digest of the sources that this program was built from.'
            echo "    package static let sources = \\"$digest\\""
            echo '}'
        } > "$1.new"
        if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
        """

    private func command(_ name: String, _ script: String, in folder: URL, reading: [URL], writing: URL) -> Command {
        .buildCommand(
            displayName: name, executable: URL(filePath: "/bin/sh"),
            arguments: ["-c", "cd \"$0\" || exit; " + script, path(of: folder), path(of: writing)],
            inputFiles: reading, outputFiles: [writing])
    }

    /// A path as the system has it, blanks included.
    private func path(of file: URL) -> String { file.path(percentEncoded: false) }

    /// All that `digest` reads.
    private func sources(of repository: URL) -> [URL] {
        let folder = repository.appending(path: "Sources")
        let files = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: .skipsHiddenFiles)
        let all = (files?.allObjects as? [URL] ?? []).filter { !$0.hasDirectoryPath }
        return [repository.appending(path: "Package.swift")] + all.sorted { path(of: $0) < path(of: $1) }
    }

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
