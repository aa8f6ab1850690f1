// Damage to a file, and what its reader makes of it. The choice: damage is a list of changes, so that the tests of all
// formats differ only in their file, their reader, and what that may give.

import Foundation

/// A change of a file's bytes, with words for messages.
package struct Damage: Sendable, CustomStringConvertible {
    package let description: String
    private let change: @Sendable ([UInt8]) -> [UInt8]

    package func applied(to whole: [UInt8]) -> [UInt8] { change(whole) }

    /// Each of these bits flipped in each byte of a file of `count` bytes: 8 changes per byte if all are given.
    package static func flips(of count: Int, bits: Range<Int> = 0..<8) -> [Damage] {
        (0..<count).flatMap { place in
            bits.map { bit in
                Damage(description: "bit \(bit) of byte \(place) flipped") { whole in
                    var bytes = whole
                    bytes[place] ^= 1 << UInt8(bit)
                    return bytes
                }
            }
        }
    }

    /// The file cut at every length below `count` bytes.
    package static func cuts(of count: Int) -> [Damage] {
        (0..<count).map { length in Damage(description: "cut at byte \(length)") { Array($0.prefix(length)) } }
    }

    /// The first changes that `Mutation` makes.
    package static func mutations(_ count: Int) -> [Damage] {
        (0..<count).map { number in
            Damage(description: "mutation \(number)") { Mutation(number: number).applied(to: $0) }
        }
    }
}

/// How a reader takes damaged versions of a file.
package struct DamageTrial {
    /// The damaged versions that the reader refused in a sentence, and those from which it gave something.
    package private(set) var refused = 0, read = 0
    /// What it did beside that, in words: each is a fault of the reader.
    package private(set) var faults: [String] = []

    /// The growth of this process that a trial may cause, in bytes: far beyond what tests running at the same time
    /// take, and below what a reader takes that believes a flipped upper bit of a 32-bit length.
    private static let mostGrowth = 1 << 30

    /// Reads every damaged version of `whole`, after the whole file itself.
    ///
    /// - Parameter faultOf: what is wrong with the content given for a damaged version, in words; nil if nothing is.
    package init<Content>(
        of whole: [UInt8], under damages: [Damage], read reader: ([UInt8]) throws -> Content,
        faultOf: (_ content: Content, _ original: Content, Damage) -> String?
    ) throws {
        let original = try reader(whole), before = AddressSpace.peak
        for damage in damages {
            do {
                let content = try reader(damage.applied(to: whole))
                read += 1
                if let fault = faultOf(content, original, damage) { faults.append("\(damage): \(fault)") }
            } catch {
                refused += 1
                if let fault = Self.fault(of: error) { faults.append("\(damage): \(fault)") }
            }
        }
        let growth = AddressSpace.peak - before
        if growth > Self.mostGrowth { faults.append("the process grew by \(growth) bytes") }
    }

    /// Reads every damaged version of a file whose format finds all damage: what is read must be the original.
    package init<Content: Equatable>(
        of whole: [UInt8], under damages: [Damage], read reader: ([UInt8]) throws -> Content
    ) throws {
        try self.init(of: whole, under: damages, read: reader) { content, original, _ in
            content == original ? nil : "gives other content without an error"
        }
    }

    /// What is wrong with an error as the answer to a bad file; nil for an error of this project that is one short
    /// sentence on one line.
    package static func fault(of error: any Error) -> String? {
        let type = "\(type(of: error))", sentence = "\(error)"
        guard ["FormatError", "ShardError", "TrainingError", "ModelError"].contains(type) else {
            return "\(type) is no error for a person: \(sentence.prefix(200))"
        }
        let count = sentence.unicodeScalars.count
        guard count < 500 else { return "an error of \(count) characters" }
        guard !sentence.contains(where: \.isNewline) else { return "an error of several lines: \(sentence)" }
        return nil
    }
}

/// The memory that this process has asked for.
private enum AddressSpace {
    /// The largest address space so far, in bytes. Unlike resident memory, it counts what was allocated and never used.
    static var peak: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.firstMatch(of: /VmPeak:\s*([0-9]+) kB/).flatMap { Int($0.1) }.map { $0 << 10 } ?? 0
    }
}
