// One of several alternatives in a file: a mapping of one key, which names the alternative.

extension KeyedDecodingContainer where Key: CaseIterable {
    /// The key of the alternative that is meant.
    ///
    /// Throws a `DecodingError` that names all of them, where none or several are there.
    package var onlyKey: Key {
        get throws {
            guard allKeys.count == 1 else {
                let names = Key.allCases.map(\.stringValue).joined(separator: ", ")
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(codingPath: codingPath, debugDescription: "it takes one of the keys \(names)")
                )
            }
            return allKeys[0]
        }
    }
}
