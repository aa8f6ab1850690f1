// Alternatives in a file: a mapping with exactly one key, which names the alternative.

extension KeyedDecodingContainer where Key: CaseIterable {
    /// The single key of the container, which names the alternative.
    ///
    /// Throws a `DecodingError` that lists all alternatives if there is no key or more than one.
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
