// Checks by their names whether the frames of a clip are consecutive. The choice: one number that grows evenly is a
// clip; two frames with equal numbers are refused, since their order is unknown, and everything else is reported.

/// The names of a clip's frames, in order.
struct FrameNumbers {
    /// A name as the text around its numbers, and its numbers without leading zeros.
    private struct Name: Hashable {
        var text: [String], numbers: [String]
    }

    private let clip: String
    private let files: [String]
    private let names: [Name]

    init(_ clip: ClipFrames) {
        (self.clip, files) = (clip.folder, clip.files)
        names = clip.files.map { Self.name(FrameFile.stem($0)) }
    }

    private static func name(_ name: Substring) -> Name {
        var text = [""], numbers = [String](), isNumber = false
        for character in name.unicodeScalars {
            let isDigit = ("0"..."9").contains(character)
            if isDigit {
                if !isNumber { numbers.append("") }
                numbers[numbers.count - 1].unicodeScalars.append(character)
            } else {
                if isNumber { text.append("") }
                text[text.count - 1].unicodeScalars.append(character)
            }
            isNumber = isDigit
        }
        return Name(text: text, numbers: numbers.map { String($0.drop { $0 == "0" }) })
    }

    /// Throws `ShardError` that names two files with equal numbers.
    func requireDifferent() throws(ShardError) {
        var seen = [Name: String]()
        for (name, file) in zip(names, files) where !name.numbers.isEmpty {
            if let other = seen.updateValue(file, forKey: name) {
                throw ShardError(
                    "\(other) and \(file) have the same number, so nobody knows which frame comes first; remove one of them"
                )
            }
        }
    }

    /// A clause about names that are not evenly numbered; nil if they are.
    var oddity: String? {
        guard names.contains(where: { !$0.numbers.isEmpty }) else { return nil }
        if let other = names.indices.first(where: { names[$0].text != names[0].text }) {
            let pair = [files[0], files[other]].map { $0.dropFirst(clip.count + 1) }
            return "its frames have names of several forms (\(pair[0]), \(pair[1])), and follow each other as these do"
        }
        let places = names[0].numbers.indices.filter { place in
            names.contains { $0.numbers[place] != names[0].numbers[place] }
        }
        guard places.count == 1 else { return nil }
        return jump(names.map { $0.numbers[places[0]] })
    }

    /// A clause such as "the numbers of its frames jump from 1 to 3". Dates and times of day, which have many digits,
    /// may be uneven.
    private func jump(_ texts: [String]) -> String? {
        let numbers = texts.compactMap { $0.isEmpty ? 0 : $0.count < 8 ? Int($0) : nil }
        guard numbers.count == texts.count else { return nil }
        let steps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
        guard let usual = steps.min() else { return nil }
        let jumps = steps.indices.filter { steps[$0] != usual }
        guard let first = jumps.first else { return nil }
        let more = jumps.count > 1 ? ", and in \(jumps.count - 1) other place\(jumps.count == 2 ? "" : "s")" : ""
        return "the numbers of its frames jump from \(numbers[first]) to \(numbers[first + 1])\(more)"
    }
}
