// What the kernel calls this machine, as a name that files of a process carry.

import Foundation

/// The node name of uname(2).
package var machineName: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: &name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
