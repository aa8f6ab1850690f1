// An option of a command that sets one value of a configuration. The choice: what an option is called, where its value
// goes and what it may be stand in one line, and an option that is not given changes nothing.

import CommandSupport
import Configuration

/// One option of `train`, given or not.
struct Setting {
    /// Throws an error of usage for a value that cannot be.
    let check: () throws -> Void

    /// Puts the value into a configuration, where the option was given.
    let apply: (inout TrainingConfiguration) -> Void

    init<Value>(_ value: Value?, to path: WritableKeyPath<TrainingConfiguration, Value>) {
        check = {}
        apply = { if let value { $0[keyPath: path] = value } }
    }

    init<Value>(_ value: Value?, to path: WritableKeyPath<TrainingConfiguration, Value?>) {
        check = {}
        apply = { if let value { $0[keyPath: path] = value } }
    }

    /// A name of a file, a folder or a model.
    init(_ option: String, _ name: String?, to path: WritableKeyPath<TrainingConfiguration, String?>) {
        check = { try OptionCheck.requireNames([(option, name)]) }
        apply = { if let name { $0[keyPath: path] = name } }
    }

    /// A name of a file, a folder or a model.
    init(_ option: String, _ name: String?, to path: WritableKeyPath<TrainingConfiguration, String>) {
        check = { try OptionCheck.requireNames([(option, name)]) }
        apply = { if let name { $0[keyPath: path] = name } }
    }

    /// A whole number, within the limits of its key.
    init(_ option: String, _ number: Int?, to path: WritableKeyPath<TrainingConfiguration, Int>) {
        self.init(option, number, in: Self.range(of: option)) { $0[keyPath: path] = $1 }
    }

    /// A whole number, within the limits of its key.
    init(_ option: String, _ number: Int?, to path: WritableKeyPath<TrainingConfiguration, Int?>) {
        self.init(option, number, in: Self.range(of: option)) { $0[keyPath: path] = $1 }
    }

    /// A whole number within some limits.
    init(
        _ option: String, _ number: Int?, in range: ClosedRange<Int>,
        set: @escaping (inout TrainingConfiguration, Int) -> Void
    ) {
        check = { if let number { try OptionCheck.require(number, in: range, option) } }
        apply = { if let number { set(&$0, number) } }
    }

    /// The limits of the key that an option is named after: `--checkpoint-every` of `checkpointEvery`.
    private static func range(of option: String) -> ClosedRange<Int> {
        let words = option.split(separator: "-")
        return TrainingConfiguration.range(of: words[0] + words.dropFirst().map(\.capitalized).joined())
    }
}
