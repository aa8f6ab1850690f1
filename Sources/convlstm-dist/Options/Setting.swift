// An option of a command that sets one value of a configuration. The choice: an option's name, its property and
// its limits are given in one line, and an option that is absent changes nothing.

import CommandSupport
import Configuration
import Foundation

/// One option of `train`, given or not.
struct Setting {
    /// Throws a usage error for an invalid value.
    let check: () throws -> Void

    /// Writes the value to a configuration, if the option was given.
    let apply: (inout TrainingConfiguration) -> Void

    init<Value>(_ value: Value?, to path: WritableKeyPath<TrainingConfiguration, Value>) {
        check = {}
        apply = { if let value { $0[keyPath: path] = value } }
    }

    init<Value>(_ value: Value?, to path: WritableKeyPath<TrainingConfiguration, Value?>) {
        check = {}
        apply = { if let value { $0[keyPath: path] = value } }
    }

    /// The name of a file, a folder or a model, which may be nil.
    init(_ option: String, _ name: String?, to path: WritableKeyPath<TrainingConfiguration, String?>) {
        check = { try OptionCheck.requireNames([(option, name)]) }
        apply = { if let name { $0[keyPath: path] = name } }
    }

    /// The name of a file, a folder or a model.
    init(_ option: String, _ name: String?, to path: WritableKeyPath<TrainingConfiguration, String>) {
        check = { try OptionCheck.requireNames([(option, name)]) }
        apply = { if let name { $0[keyPath: path] = name } }
    }

    /// A number of threads.
    init(_ option: String, _ threads: ThreadCount?, to path: WritableKeyPath<TrainingConfiguration, ThreadCount>) {
        check = {
            if let number = threads?.number {
                try OptionCheck.require(number, in: TrainingConfiguration.Limits.threads, option)
            }
        }
        apply = { if let threads { $0[keyPath: path] = threads } }
    }

    /// A value that sets something else.
    init<Value>(_ value: Value?, set: @escaping (inout TrainingConfiguration, Value) -> Void) {
        check = {}
        apply = { if let value { set(&$0, value) } }
    }

    /// An integer within the limits of its key.
    init(_ option: String, _ number: Int?, to path: WritableKeyPath<TrainingConfiguration, Int>) {
        self.init(option, number, in: Self.range(of: option)) { $0[keyPath: path] = $1 }
    }

    /// An integer within the limits of its key, which may be nil.
    init(_ option: String, _ number: Int?, to path: WritableKeyPath<TrainingConfiguration, Int?>) {
        self.init(option, number, in: Self.range(of: option)) { $0[keyPath: path] = $1 }
    }

    /// An integer within the given limits.
    init(
        _ option: String, _ number: Int?, in range: ClosedRange<Int>,
        set: @escaping (inout TrainingConfiguration, Int) -> Void
    ) {
        check = { if let number { try OptionCheck.require(number, in: range, option) } }
        apply = { if let number { set(&$0, number) } }
    }

    /// The limits of the key that an option is named after, such as `checkpointEvery` for `--checkpoint-every`.
    private static func range(of option: String) -> ClosedRange<Int> {
        let words = option.split(separator: "-")
        return TrainingConfiguration.range(of: words[0] + words.dropFirst().map(\.capitalized).joined())
    }
}
