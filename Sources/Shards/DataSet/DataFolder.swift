// Whether something is a data set's folder at all, seen from here. The choice: each way of not being one has a sentence
// of its own, because a path that is wrong is mended otherwise than a folder that is not whole.

import Formats
import Foundation

/// What a path that should lead to a data set leads to.
package enum DataFolder {
    /// Throws `ShardError` unless `folder` is a folder with a manifest, and `FormatError` where that cannot be told.
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
                "\(folder) has no \(Manifest.fileName), so it is no whole data set; name another folder, or make it with "
                    + "convlstm-shard split")
        }
    }

    /// Throws `ShardError` if there is something at a path that a new data set, or another new file, would overwrite.
    package static func requireAbsent(_ path: String) throws {
        guard try !Folder.holds(path) else { throw ShardError("\(path) exists; remove it, or give another --output") }
    }

    /// "films.shards does not exist seen from /home/me".
    package static func absence(of path: String) -> String {
        let manager = FileManager.default
        if let target = try? manager.destinationOfSymbolicLink(atPath: path) {
            return "\(path) is a link to \(target), which does not exist"
        }
        return "\(path) does not exist" + (path.hasPrefix("/") ? "" : " seen from \(manager.currentDirectoryPath)")
    }
}
