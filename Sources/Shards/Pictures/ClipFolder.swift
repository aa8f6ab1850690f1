// Finds the clips in a given folder. The choice: only names decide - a folder of frames is a clip, its frames in
// natural order - and whatever names leave ambiguous is reported.

import Formats
import Foundation

/// The clips in a folder.
struct ClipFolder {
    /// The clips that have frames, in order.
    let clips: [ClipFrames]

    /// Sentences about what the folder holds that belongs to no clip.
    let remarks: [String]

    /// Throws `ShardError` for a folder without frames, and for one that holds both frames and folders of them.
    init(_ folder: String) throws {
        let contents = try FolderContents(folder), deeper = try contents.folders.map(FolderContents.init)
        let frames = Set(FrameFile.frames(among: contents.files + deeper.flatMap(\.files)))
        let own = ClipFrames(contents, frames), others = deeper.map { ClipFrames($0, frames) }
        let inside = others.filter { !$0.files.isEmpty }
        guard own.files.isEmpty || inside.isEmpty else {
            throw ShardError(
                "\(folder) holds frames and folders of them; keep one of the two, or name a folder inside")
        }
        guard !own.files.isEmpty || !inside.isEmpty else {
            let isDataSet = try Folder.holds(folder + "/" + Manifest.fileName)
            throw ShardError(
                isDataSet
                    ? "\(folder) is a data set already; train on it, or see it with convlstm-shard info"
                    : "\(folder) holds no PNG files, no PGM files, no arrays and no folders of them; name a clip's folder, or a "
                        + "file")
        }
        clips = own.files.isEmpty ? inside : [own]
        let strangers = (own.files.isEmpty ? [own] + inside : [own]).flatMap(\.strangers)
        let unread = own.files.isEmpty ? inside.flatMap(\.folders) : own.folders
        let without = own.files.isEmpty ? others.filter(\.files.isEmpty).map(\.folder) : []
        remarks = [
            Self.remark(
                on: strangers, in: folder, one: "file is not a frame and was",
                several: "files are not frames and were"),
            Self.remark(
                on: without + unread, in: folder, one: "folder in it is not a clip and was",
                several: "folders in it are not clips and were"),
        ].compactMap { $0 }
    }

    /// A remark such as "clips: 3 files are no PNG files and were passed over (a/0.jpg, a/1.jpg, a/2.jpg)".
    static func remark(on paths: [String], in folder: String, one: String, several: String) -> String? {
        guard !paths.isEmpty else { return nil }
        let shown = paths.prefix(3).map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.count + 1)) : $0 }
        let more = paths.count > shown.count ? ", ..." : ""
        let what = "\(paths.count) \(paths.count == 1 ? one : several)"
        return "\(folder): \(what) passed over (\(shown.joined(separator: ", "))\(more))"
    }
}

/// A folder whose files may be the frames of a clip.
struct ClipFrames {
    let folder: String
    /// The paths of its files with frames in natural order: 2 before 10.
    let files: [String]
    /// The paths of its folders, and of its other files.
    let folders: [String], strangers: [String]

    /// - Parameter frames: the paths of all files that are frames.
    fileprivate init(_ contents: FolderContents, _ frames: Set<String>) {
        (folder, folders) = (contents.folder, contents.folders)
        files = contents.files.filter(frames.contains)
        strangers = contents.files.filter { !frames.contains($0) }
    }
}

/// What is in a folder, by paths in natural order, without hidden files.
private struct FolderContents {
    let folder: String
    let files: [String], folders: [String]

    init(_ folder: String) throws {
        let paths = try Self.names(in: folder).map { folder + "/" + $0 }
        var files: [String] = [], folders: [String] = []
        for path in paths {
            if try !FrameFile.isKnown(path) && Folder.isOne(path) { folders.append(path) } else { files.append(path) }
        }
        (self.folder, self.files, self.folders) = (folder, files, folders)
    }

    private static func names(in folder: String) throws -> [String] {
        guard let names = try Folder.names(in: folder) else {
            throw ShardError("\(folder) does not exist; check the path")
        }
        return names.filter { !$0.hasPrefix(".") }.sorted(by: isBefore)
    }

    private static func isBefore(_ one: String, _ other: String) -> Bool {
        let order = one.compare(other, options: .numeric)
        return order == .orderedSame ? one < other : order == .orderedAscending
    }
}
