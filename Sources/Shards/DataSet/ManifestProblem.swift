// Explains why a text is not a manifest, with the key or the line. The choice: the decoder's error tells which key is
// missing or of the wrong type. What it only calls invalid is parsed again as plain JSON, to tell broken text from
// impossible numbers.

import Foundation

/// The problem that a decoder found in the bytes of a manifest.
struct ManifestProblem {
    private let error: DecodingError
    private let bytes: [UInt8]

    init(_ error: DecodingError, _ bytes: [UInt8]) { (self.error, self.bytes) = (error, bytes) }

    /// The problem as a clause.
    var inWords: String {
        switch error {
        case .keyNotFound(let key, let context): "\(Self.place(context)) has no \(key.stringValue)"
        case .typeMismatch(let type, let context): "\(Self.place(context)) is not \(Self.kind(type))"
        case .valueNotFound(let type, let context): "\(Self.place(context)) is null and not \(Self.kind(type))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: invalid
        case .dataCorrupted(let context): "\(Self.place(context)) has a value that it cannot have"
        @unknown default: "it is not a manifest"
        }
    }

    /// The path of a key, such as "shards[3].bytes".
    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.reduce("") { path, key in
            key.intValue.map { "\(path)[\($0)]" } ?? (path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)")
        }
        return path.isEmpty ? "it" : path
    }

    private static func kind(_ type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Float.Type, is Double.Type: "a number"
        case is String.Type, is ElementType.Type, is Split.Type, is UTCTime.Type: "a text"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }

    private var invalid: String {
        do {
            let content = try JSONSerialization.jsonObject(with: Data(bytes))
            return Self.impossibleNumber(in: content, "") ?? "it holds a number that is out of bounds"
        } catch {
            let known = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
            let character = known.firstMatch(of: /character ([0-9]+)/).flatMap { Int($0.1) }
            guard let character else { return "it is not complete JSON" }
            let line = 1 + bytes.prefix(character).count { $0 == UInt8(ascii: "\n") }
            return "it is no JSON in line \(line)"
        }
    }

    /// The first number that a manifest cannot hold: it holds integers, floats in `valueRange`, and doubles in `values`
    /// and `timeStep`.
    private static func impossibleNumber(in content: Any, _ path: String) -> String? {
        switch content {
        case let object as [String: Any]:
            return object.sorted { $0.key < $1.key }.lazy
                .compactMap { impossibleNumber(in: $1, path.isEmpty ? $0 : "\(path).\($0)") }.first
        case let list as [Any]:
            return list.enumerated().lazy.compactMap { impossibleNumber(in: $1, "\(path)[\($0)]") }.first
        case let number as NSNumber where path.hasPrefix("valueRange"):
            return Float(truncating: number).isFinite ? nil : "\(path) is \(number) and must be a number of 32 bits"
        case let number as NSNumber where path.hasPrefix("values.") || path == "timeStep":
            return number.doubleValue.isFinite ? nil : "\(path) is \(number) and must be a number of 64 bits"
        case let number as NSNumber where number as? Int == nil:
            return "\(path) is \(number) and must be a whole number"
        default: return nil
        }
    }
}
