// Quantities in words.

import Foundation

/// A count with its noun: "1 rank", "2 ranks".
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A number of bytes in gigabytes: "24.5 GB".
package func inGigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
