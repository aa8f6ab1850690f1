// Default values for keys that a file omits.

extension KeyedDecodingContainer {
    /// Decodes the value of a key; returns `standard` if the key is absent.
    package func decode<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? standard
    }
}
