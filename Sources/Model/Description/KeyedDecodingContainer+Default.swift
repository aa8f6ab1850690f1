// What a file need not say.

extension KeyedDecodingContainer {
    /// The value of a key, or `standard` where the file leaves it out.
    package func decode<Value: Decodable>(_ key: Key, or standard: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? standard
    }
}
