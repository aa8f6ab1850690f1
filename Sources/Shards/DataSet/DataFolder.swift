// Checks that a path leads to a data set folder. The choice: each way to fail has its own sentence, because a wrong
// path is fixed otherwise than an incomplete folder.

import Formats
import Foundation

/// Checks of a path that should lead to a data set.
package enum DataFolder {
    /// Throws `ShardError` unless `folder` is a folder with a manifest, and `FormatError` if that cannot be determined.
    package static func require(_ folder: String) throws {
        guard !folder.isEmpty, !folder.utf8.contains(0) else {
            throw ShardError("a data set has no name; name its folder")
        }
        guard try Folder.holds(folder) else { throw ShardError("\(absence(of: folder)); check the path") }
        guard try Folder.isOne(folder) else {
            throw ShardError(
                "\(folder) is a file and no folder of shards; name the folder that convlstm-shard split made of it")
        }
        guard try Folder.holds(folder + "/" + Manifest.fileName) else {
            throw ShardError(
                "\(folder) has no \(Manifest.fileName), so it is not a whole data set; name another folder, or make it with "
                    + "convlstm-shard split")
        }
    }

    /// Throws `ShardError` unless a path is a folder that may be changed by itself: not the inputs within a data set.
    static func requireOutermost(_ folder: String) throws {
        guard !folder.isEmpty, !folder.utf8.contains(0), try Folder.holds(folder) else {
            throw ShardError("\(absence(of: folder)); check the path")
        }
        guard try Folder.isOne(folder) else {
            throw ShardError("\(folder) is a file and no folder of shards; name a folder")
        }
        let outer = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        guard try !Folder.holds(outer + "/" + Manifest.fileName) else {
            throw ShardError("\(folder) is a part of the data set \(outer); name that")
        }
    }

    /// Throws `ShardError` if something exists at a path where a new data set or another new file would overwrite it.
    package static func requireAbsent(_ path: String) throws {
        guard try !Folder.holds(path) else { throw ShardError("\(path) exists; remove it, or give another --output") }
    }

    /// The path of a file or folder that the manifest of `folder` names.
    ///
    /// Throws `ShardError` for a link that leaves the folder, and `FormatError` for one that leads nowhere.
    static func path(of name: String, in folder: String) throws -> String {
        let path = folder + "/" + name
        guard try !Folder.isLinkOut(path) else {
            throw ShardError(
                "\(path) is a link that leads out of its data set, which is not followed; copy what it leads to in its place"
            )
        }
        return path
    }

    /// Why a path does not exist, such as "films.shards does not exist in /home/me".
    package static func absence(of path: String) -> String {
        let manager = FileManager.default
        if let target = try? manager.destinationOfSymbolicLink(atPath: path) {
            return "\(path) is a link to \(target), which does not exist"
        }
        return "\(path) does not exist" + (path.hasPrefix("/") ? "" : " in \(manager.currentDirectoryPath)")
    }
}
