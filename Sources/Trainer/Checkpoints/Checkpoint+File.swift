// A checkpoint's bytes. The choice: `__metadata__` holds one string a fact, so that any safetensors reader shows them.

import Formats
import Foundation
import Model

extension Checkpoint {
    private static let format = "convlstm-dist 2"

    /// The name of the file of a step: `step-000001200.safetensors.zst`.
    package static func fileName(step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + fileExtension
    }

    /// The step in the name of a file; nil for another file.
    package static func step(fileName: String) -> Int? {
        guard fileName.hasPrefix("step-"), fileName.hasSuffix(fileExtension) else { return nil }
        return Int(fileName.dropFirst(5).dropLast(fileExtension.count))
    }

    private static let fileExtension = ".safetensors.zst"

    /// The compressed file.
    package func encoded() throws -> [UInt8] {
        let content = try SafetensorsFile(tensors: tensors, metadata: try metadata).encoded()
        return try Zstd.compress(content.span)
    }

    private var metadata: [String: String] {
        get throws {
            var facts = [
                "format": Self.format, "configuration": try configuration.yaml, "step": "\(position.step)",
                "epoch": "\(position.epoch)", "position": "\(position.used)", "seed": "\(configuration.seed)",
                "training_sequences": "\(trainingSequences)", "frame": "\(frame.height) \(frame.width) \(frame.channels)",
                "value_range": "\(valueRange.lowerBound) \(valueRange.upperBound)",
            ]
            if let samplingRanks { facts["sampling_ranks"] = "\(samplingRanks)" }
            if let best {
                facts["best_step"] = "\(best.step)"
                facts["best_loss"] = "\(best.loss)"
            }
            if let best = plateaus.patience.best {
                facts["plateau"] = "\(plateaus.factor) \(best) \(plateaus.patience.waited)"
            }
            if let best = stopping.best { facts["early_stopping"] = "\(best) \(stopping.waited)" }
            if leftOut.total > 0 { facts["left_out"] = "\(leftOut.total) \(leftOut.inARow)" }
            return facts
        }
    }

    /// Takes a file apart, verifying its checksum and structure; `file` is its name for errors.
    ///
    /// Throws `FormatError` saying what is wrong.
    package init(decoding bytes: [UInt8], file: String) throws {
        // A damaged header must not ask for more memory than there is.
        let limit = Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
        let plain = try Zstd.decompress(bytes.span, limit: limit, file: file)
        let content = try SafetensorsFile(decoding: plain, file: file)
        let facts = Facts(content.metadata, file: file)
        guard try facts.text("format") == Self.format else {
            throw FormatError(file, "is no checkpoint that this version reads", "use the version that wrote it")
        }
        configuration = try TrainingConfiguration(yaml: facts.text("configuration"), file: file)
        let frame = try facts.numbers("frame", 3, Int.init), range = try facts.numbers("value_range", 2, Float.init)
        self.frame = FeatureShape(height: frame[0], width: frame[1], channels: frame[2])
        guard range[0] <= range[1] else { throw facts.missing("value_range") }
        valueRange = range[0]...range[1]
        trainingSequences = try facts.integer("training_sequences")
        samplingRanks = facts.has("sampling_ranks") ? try facts.integer("sampling_ranks") : nil
        position = Position(
            step: try facts.integer("step"), epoch: try facts.integer("epoch"), used: try facts.integer("position"))
        best = facts.has("best_step")
            ? Validation(step: try facts.integer("best_step"), loss: try facts.numbers("best_loss", 1, Double.init)[0])
            : nil
        plateaus = try facts.has("plateau") ? Plateaus(facts.numbers("plateau", 3, Double.init)) : Plateaus()
        stopping = try facts.has("early_stopping") ? Patience(facts.numbers("early_stopping", 2, Double.init)) : Patience()
        leftOut = try facts.has("left_out") ? LeftOut(facts.numbers("left_out", 2, Int.init)) : LeftOut()
        tensors = content.tensors
    }
}

extension Patience {
    /// Lowest loss and validations since.
    fileprivate init(_ numbers: [Double]) { self.init(best: numbers[0], waited: Int(exactly: numbers[1]) ?? 0) }
}

extension Plateaus {
    /// Factor, lowest loss and validations since.
    fileprivate init(_ numbers: [Double]) {
        self.init(factor: numbers[0], patience: Patience(Array(numbers[1...])))
    }
}

extension LeftOut {
    /// All, and those in a row.
    fileprivate init(_ numbers: [Int]) { self.init(total: numbers[0], inARow: numbers[1]) }
}

/// The metadata of a file, read with errors that name what is missing.
private struct Facts {
    private let facts: [String: String]
    private let file: String

    init(_ facts: [String: String], file: String) { (self.facts, self.file) = (facts, file) }

    func missing(_ key: String) -> FormatError {
        FormatError(file, "is a safetensors file without the \(key) of a checkpoint", "name a file written by `train`")
    }

    func has(_ key: String) -> Bool { facts[key] != nil }

    func text(_ key: String) throws -> String {
        guard let text = facts[key] else { throw missing(key) }
        return text
    }

    func numbers<Number>(_ key: String, _ count: Int, _ number: (String) -> Number?) throws -> [Number] {
        let numbers = try text(key).split(separator: " ").compactMap { number(String($0)) }
        guard numbers.count == count else { throw missing(key) }
        return numbers
    }

    func integer(_ key: String) throws -> Int { try numbers(key, 1) { Int($0).flatMap { $0 >= 0 ? $0 : nil } }[0] }
}
