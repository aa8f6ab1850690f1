// A key of a run's configuration: its name in a file, the property that it sets, and its limits. The choice:
// reading, printing, checking and the command line's limits all follow from one list of keys, so that a new option
// is a property and a line of that list (and an option of `train`).

import Model

/// A key of a configuration file, beside `model`.
struct ConfigurationKey: Sendable {
    let name: String

    /// The values that an integer key may have; nil for keys of other types.
    let range: ClosedRange<Int>?

    /// What another value would change.
    let meaning: Meaning

    enum Meaning: Sendable {
        /// How fast, how safely or for how long one process works on a run.
        case process
        /// Which run it is: its data, its seed, its length, and what it starts from.
        case run
        /// What a run computes at each step.
        case result
    }

    /// Reads the value from a file, if the file has one.
    let decode: @Sendable (Container, inout TrainingConfiguration) throws -> Void

    /// Writes the value, or null where there is none.
    let encode: @Sendable (inout KeyedEncodingContainer<Name>, TrainingConfiguration) throws -> Void

    /// Returns the value of an integer key; nil for other types.
    let number: @Sendable (TrainingConfiguration) -> Int?

    typealias Container = KeyedDecodingContainer<Name>
    typealias Path<Value> = WritableKeyPath<TrainingConfiguration, Value> & Sendable

    /// A name of the list as a coding key.
    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        /// The key of the model's description, which is handled apart from the list.
        static let model = Name(stringValue: "model")

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A key that keeps its default where a file omits it.
    ///
    /// - Parameter range: the limits of an integer.
    init<Value: Codable & Sendable>(
        _ name: String, _ path: Path<Value>, in range: ClosedRange<Int>? = nil, _ meaning: Meaning = .process
    ) {
        let key = Name(stringValue: name)
        (self.name, self.range, number) = (name, range, { $0[keyPath: path] as? Int })
        self.meaning = meaning
        decode = { $1[keyPath: path] = try $0.decode(key, or: $1[keyPath: path]) }
        encode = { try $0.encode($1[keyPath: path], forKey: key) }
    }

    /// A key that may be null.
    init<Value: Codable & Sendable>(
        _ name: String, _ path: Path<Value?>, in range: ClosedRange<Int>? = nil, _ meaning: Meaning = .process
    ) {
        let key = Name(stringValue: name)
        (self.name, self.range, number) = (name, range, { $0[keyPath: path] as? Int })
        self.meaning = meaning
        decode = { $1[keyPath: path] = try $0.decodeIfPresent(Value.self, forKey: key) }
        encode = { try $0.encode($1[keyPath: path], forKey: key) }
    }
}
