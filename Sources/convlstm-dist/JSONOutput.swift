// Values for other programs: what every --json prints. The choice: one object, keys sorted, so that outputs compare.

import Foundation

/// Prints a value as JSON on standard output.
///
/// - Parameter onOneLine: for outputs that are collected line by line.
func printJSON(_ value: some Encodable, onOneLine: Bool = false) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
