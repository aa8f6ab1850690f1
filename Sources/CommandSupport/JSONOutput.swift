// JSON output for other programs, printed by every --json. The choice: one object with sorted keys, so that outputs can
// be compared; null for values that are not finite, which JSON cannot represent.

import Foundation
import Platform

/// Prints a value as JSON on standard output.
///
/// - Parameter onOneLine: whether to print a single line, for outputs that are collected line by line.
package func printJSON(_ value: some Encodable, onOneLine: Bool = false) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // The encoder can only substitute a text; no name or value of ours equals this one.
    let noNumber = "\u{FFFF}"
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: noNumber, negativeInfinity: noNumber, nan: noNumber)
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    StandardOutput.print(text.replacing("\"\(noNumber)\"", with: "null"))
}
