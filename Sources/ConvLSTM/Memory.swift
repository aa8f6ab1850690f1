// Whether something fits into memory, asked before it is taken. The choice: all of the machine's memory is the limit, and the
// address space that the process may have; what others use of it nobody knows in advance.

import Foundation
import Platform

enum Memory {
    /// Throws where the machine or the process cannot have so many bytes.
    static func require(_ bytes: Int, for what: String) throws(ConvLSTMError) {
        let all = ProcessInfo.processInfo.physicalMemory
        guard UInt64(bytes) <= all, AddressSpace.hasRoom(for: bytes) else {
            let limit = AddressSpace.limitInWords.map { ", of which \($0) leaves less" } ?? ""
            throw ConvLSTMError(
                "\(what) would take \(inGigabytes(UInt64(bytes))) of memory and this machine has \(inGigabytes(all))\(limit); "
                    + "choose a smaller network, fewer sequences at once, or fewer frames")
        }
    }

    private static func inGigabytes(_ bytes: UInt64) -> String {
        "\(bytes / 100_000_000 / 10).\(bytes / 100_000_000 % 10) GB"
    }
}
