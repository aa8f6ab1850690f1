// What shells complete where a preset or a file may stand. The choice: the program lists both itself, because a shell's own
// completion of files leaves no room for other words.

import ArgumentParser
import Configuration
import Foundation

extension CompletionKind {
    /// The presets; and beside what was typed so far, folders and the .yaml files that could describe a system.
    static var model: CompletionKind {
        .custom { _, _, typed in Presets.all.map(\.name) + descriptions(beginning: typed) }
    }

    /// The names that begin like this of .yaml files, and of folders that may hold them.
    private static func descriptions(beginning typed: String) -> [String] {
        let folder = String(typed[..<(typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex)])
        let place = folder.isEmpty ? "." : folder
        // A folder that cannot be read has nothing to offer.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.sorted().filter { $0.first != "." }.map { folder + $0 }.filter { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
            return name.hasPrefix(typed) && (isFolder.boolValue || name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
        }
    }
}
