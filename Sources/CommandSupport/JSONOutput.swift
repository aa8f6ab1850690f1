// Values for other programs: what every --json prints. The choice: one object, keys sorted, so that outputs compare;
// null for a number that is not finite, which JSON has no word for.

import Foundation
import Platform

/// Prints a value as JSON on standard output.
///
/// - Parameter onOneLine: for outputs that are collected line by line.
package func printJSON(_ value: some Encodable, onOneLine: Bool = false) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // The encoder has only texts to offer; no name or value of ours is like this one.
    let noNumber = "\u{FFFF}"
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: noNumber, negativeInfinity: noNumber, nan: noNumber)
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    StandardOutput.print(text.replacing("\"\(noNumber)\"", with: "null"))
}
