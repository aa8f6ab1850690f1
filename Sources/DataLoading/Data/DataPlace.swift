// The location of the data that a run's record names. The choice: a relative path refers to the folder where the
// run was started, which is derived from the current location of the run's folder; the current folder is tried
// next.

import Configuration
import Foundation
import Shards

package enum DataPlace {
    /// Finds the path of the data that a checkpoint, or the config.yaml beside it, names.
    ///
    /// - Parameters:
    ///   - name: the name of the data in the record.
    ///   - output: the run's folder in the record; nil where it names none.
    ///   - run: the path of the run's folder from here.
    /// - Returns: nil if the data are at none of the possible locations.
    package static func found(_ name: String, output: String?, run: String) -> String? {
        guard name != TrainingConfiguration.generatedData, !name.hasPrefix("/") else { return name }
        return candidates(name, output: output, run: run).first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The paths that the name may stand for, the likeliest one first.
    private static func candidates(_ name: String, output: String?, run: String) -> [String] {
        let here = FileManager.default.currentDirectoryPath
        let path = URL(fileURLWithPath: run).standardizedFileURL.pathComponents
        let tail = output?.split(separator: "/").map(String.init).filter { $0 != "." } ?? []
        let isThere = output?.hasPrefix("/") == false && path.suffix(tail.count).elementsEqual(tail)
        let folders = (isThere ? [path.dropLast(tail.count)] : []).map(Self.joined) + [here, joined(path.dropLast())]
        return folders.map { $0 == here ? name : shortened($0 + "/" + name, from: here) }
    }

    private static func joined(_ components: ArraySlice<String>) -> String {
        NSString.path(withComponents: Array(components))
    }

    /// A path as a person would write it from here.
    private static func shortened(_ path: String, from here: String) -> String {
        path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
    }

    /// The folder of the run to which a checkpoint or a config.yaml belongs.
    package static func run(ofFile file: String) -> String {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return (folder.lastPathComponent == "checkpoints" ? folder.deletingLastPathComponent() : folder).path
    }

    /// The error about data that cannot be found.
    package static func absence(of name: String, namedBy file: String) -> TrainingError {
        TrainingError(
            "\(DataFolder.absence(of: name)), nor beside the run, and \(file) was trained on it; name the folder where it is now "
                + "with --data")
    }
}
