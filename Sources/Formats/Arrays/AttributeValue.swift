// What a file says of an array or a group beside the numbers: one type for all formats.

/// The value of an attribute: numbers or texts, of which there may be one or several.
package enum AttributeValue: Equatable, Sendable {
    case numbers([Double])
    case texts([String])

    /// The only number; nil if there are several or none. A text that is a number counts as one.
    package var number: Double? {
        switch self {
        case .numbers(let numbers): numbers.count == 1 ? numbers[0] : nil
        case .texts(let texts): texts.count == 1 ? Double(texts[0]) : nil
        }
    }

    /// The first text; nil if there is none.
    package var text: String? {
        guard case .texts(let texts) = self else { return nil }
        return texts.first
    }

    /// All of it in words, numbers as short as they can be.
    package var inWords: String {
        switch self {
        case .numbers(let numbers):
            numbers.map(Self.inWords).joined(separator: " ")
        case .texts(let texts): texts.joined(separator: " ")
        }
    }

    /// A number as its writer would write it: whole, in single precision, or in double.
    private static func inWords(_ number: Double) -> String {
        if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
        return Double(Float(number)) == number ? "\(Float(number))" : "\(number)"
    }
}
