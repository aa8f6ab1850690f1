// Where the data are that the record of a run names. The choice: a relative path is meant from the folder where the run
// was started, which is found again from where the run's folder is now; the current folder comes next.

import Configuration
import Foundation
import Shards

package enum DataPlace {
    /// The path of the data that a checkpoint, or the config.yaml beside it, names.
    ///
    /// - Parameters:
    ///   - name: as the record has it.
    ///   - output: the run's folder as the record has it.
    ///   - run: the run's folder as it is reached from here.
    /// - Returns: nil where nothing is to be found at any place.
    package static func found(_ name: String, output: String, run: String) -> String? {
        guard name != TrainingConfiguration.generatedData, !name.hasPrefix("/") else { return name }
        return candidates(name, output: output, run: run).first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The paths that the name may stand for, the likeliest one first.
    private static func candidates(_ name: String, output: String, run: String) -> [String] {
        let here = FileManager.default.currentDirectoryPath
        let path = URL(fileURLWithPath: run).standardizedFileURL.pathComponents
        let tail = output.split(separator: "/").map(String.init).filter { $0 != "." }
        let isThere = !output.hasPrefix("/") && path.suffix(tail.count).elementsEqual(tail)
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

    /// The folder of the run that a checkpoint is of, or a config.yaml.
    package static func run(ofFile file: String) -> String {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return (folder.lastPathComponent == "checkpoints" ? folder.deletingLastPathComponent() : folder).path
    }

    /// What to say of data that are nowhere.
    package static func absence(of name: String, namedBy file: String) -> TrainingError {
        TrainingError(
            "\(DataFolder.absence(of: name)), nor beside the run, and \(file) was trained on it; name the folder where it is now "
                + "with --data")
    }
}
