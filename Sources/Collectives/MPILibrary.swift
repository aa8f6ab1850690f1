// The MPI library in use. The choice: only what can be determined without initializing MPI.
import CMPI
import Foundation

package enum MPILibrary {
    /// The library's own name and version, such as "Open MPI v4.1.4".
    package static var version: String {
        var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
        var length: Int32 = 0
        guard MPI_Get_library_version(&text, &length) == MPI_SUCCESS else { return "an MPI library of unknown version" }
        let whole = String(decoding: text.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return String(whole.prefix { $0 != "," && !$0.isNewline })
    }
}
