// A folder that appears complete or not at all, as `AtomicFile` does for a file.

import Foundation

package enum OutputFolder {
    /// Makes the empty folder `temporary`, removing what a killed process left there; errors name `folder`.
    package static func make(_ temporary: String, for folder: String) throws {
        try? FileManager.default.removeItem(atPath: temporary)
        try checkedCall("written", folder) { mkdir(temporary, 0o777) }
    }

    /// Gives a complete folder its name, durably.
    package static func rename(_ temporary: String, to folder: String) throws {
        try checkedCall("renamed", folder) { Foundation.rename(temporary, folder) }
        try AtomicFile.syncFolder(of: folder)
    }
}
