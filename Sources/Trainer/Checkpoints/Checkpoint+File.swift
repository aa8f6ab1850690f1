// The file format of a checkpoint. The choice: `__metadata__` holds one string per fact, so that any safetensors
// reader shows them.

import DataLoading
import Configuration
import Formats
import Foundation
import Model
import Platform
import Shards

extension Checkpoint {
    private static let format = "convlstm-dist 2"

    /// The file name of a step's checkpoint, such as `step-000001200.safetensors.zst`.
    package static func fileName(step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + fileExtension
    }

    /// The step in a file name; nil for another file.
    package static func step(fileName: String) -> Int? {
        guard fileName.hasPrefix("step-"), fileName.hasSuffix(fileExtension),
            let step = Int(fileName.dropFirst(5).dropLast(fileExtension.count)), step >= 0
        else { return nil }
        // A step in another notation is a copy that a person named, not a file of the run.
        return Checkpoint.fileName(step: step) == fileName ? step : nil
    }

    private static let fileExtension = ".safetensors.zst"

    /// Passes the bytes of the compressed file to `sink` piece by piece, in order, and returns the size of its
    /// content. Beside the tensors it takes the memory of a piece.
    ///
    /// Throws `FormatError` about `file` if the facts could not be read back.
    func write(file: String, to sink: (Span<UInt8>) throws -> Void) throws -> Int {
        let content = SafetensorsFile(tensors: tensors, metadata: try metadata)
        _ = try Checkpoint(content, file: file)
        let encoding = try content.encoding, frame = try ZstdFrameWriter(size: encoding.size)
        try encoding.write { piece in try frame.append(piece, to: sink) }
        try frame.finish(to: sink)
        return encoding.size
    }

    /// The maximum size of the decompressed content. Parameters never compress to a 64th, so a large file that
    /// claims more is no checkpoint.
    private static func mostContent(of compressed: Int) -> Int {
        min(max(1 << 30, compressed << 6), Int(clamping: ProcessInfo.processInfo.physicalMemory / 2))
    }

    private var metadata: [String: String] {
        get throws {
            var facts = [
                "format": Self.format, "configuration": try configuration.yaml, "step": "\(position.step)",
                "epoch": "\(position.epoch)", "position": "\(position.used)", "seed": "\(configuration.seed)",
                "training_sequences": "\(trainingSequences)",
                "frame": "\(frame.height) \(frame.width) \(frame.channels)",
                "value_range": "\(valueRange.lowerBound) \(valueRange.upperBound)",
            ]
            if let unit { facts["unit"] = unit }
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

    /// Decodes a file, verifying its checksum and structure; `file` is its name for errors.
    ///
    /// Throws `FormatError` that describes the damage.
    package init(decoding bytes: [UInt8], file: String) throws {
        guard Zstd.isFrame(bytes.span) else {
            let start = [UInt8](bytes.prefix(FileKind.neededBytes))
            throw FileKind.error(
                file, start, not: "a checkpoint", advice: "name the run's folder, or a file in its checkpoints/")
        }
        let plain = try Zstd.decompress(bytes.span, limit: Self.mostContent(of: bytes.count), file: file)
        try self.init(SafetensorsFile(decoding: plain, file: file), file: file)
    }

    /// Reads the facts and takes over the tensors; `file` is the name for errors.
    private init(_ content: SafetensorsFile, file: String) throws {
        let facts = Facts(content.metadata, file: file)
        let format = try facts.text("format")
        guard format == Self.format else {
            throw FormatError(
                file: file,
                problem:
                    "is a checkpoint of format \(format.quotable()), and this version reads \(Self.format.quotable())",
                advice: "use the version that wrote it")
        }
        configuration = try facts.configuration()
        frame = try facts.frame()
        valueRange = try facts.valueRange()
        unit = try facts.has("unit") ? facts.text("unit") : nil
        trainingSequences = try facts.count("training_sequences")
        samplingRanks = try facts.has("sampling_ranks") ? facts.count("sampling_ranks") : nil
        position = Position(
            step: try facts.count("step"), epoch: try facts.count("epoch"), used: try facts.count("position"))
        best =
            try facts.has("best_step")
            ? Validation(step: facts.count("best_step"), loss: facts.finite("best_loss", 1)[0]) : nil
        plateaus = try facts.has("plateau") ? facts.plateaus() : Plateaus()
        stopping = try facts.has("early_stopping") ? facts.earlyStopping() : Patience()
        leftOut = try facts.has("left_out") ? facts.leftOut(of: position) : LeftOut()
        tensors = content.tensors
    }
}

extension Patience {
    /// Decodes the lowest loss and the number of validations since; nil if the values are invalid.
    fileprivate init?(_ elements: [Double]) {
        guard let waited = Int(exactly: elements[1]), (0...Facts.largest).contains(waited) else { return nil }
        self.init(best: elements[0], waited: waited)
    }
}

/// The metadata of a file, read with errors that name the missing keys.
private struct Facts {
    private let facts: [String: String]
    private let file: String

    init(_ facts: [String: String], file: String) { (self.facts, self.file) = (facts, file) }

    private func missing(_ key: String) -> FormatError {
        FormatError(
            file: file, problem: "is a safetensors file without the \(key) of a checkpoint",
            advice: "name a file written by `train`")
    }

    func has(_ key: String) -> Bool { facts[key] != nil }

    func text(_ key: String) throws -> String {
        guard let text = facts[key] else { throw missing(key) }
        return text
    }

    /// The values of a key, separated by spaces.
    private func elements<Number>(of key: String, count: Int, _ number: (String) -> Number?) throws -> [Number] {
        let words = try text(key).split(separator: " "), elements = words.compactMap { number(String($0)) }
        guard elements.count == count, words.count == count else { throw damage(in: key) }
        return elements
    }

    func finite(_ key: String, _ count: Int) throws -> [Double] {
        try elements(of: key, count: count) { Double($0).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// The largest integer accepted: more than any run counts, and small enough that sums and products do not
    /// overflow.
    static let largest = 1 << 48

    private func counts(_ key: String, _ count: Int) throws -> [Int] {
        try elements(of: key, count: count) { Int($0).flatMap { (0...Self.largest).contains($0) ? $0 : nil } }
    }

    func count(_ key: String) throws -> Int { try counts(key, 1)[0] }

    func configuration() throws -> TrainingConfiguration {
        do {
            let configuration = try TrainingConfiguration(yaml: text("configuration"), file: file)
            try configuration.check()
            return configuration
        } catch let error as TrainingError {
            throw FormatError(
                file: file, problem: "holds a configuration that no run has (\(error))",
                advice: "use another checkpoint")
        }
    }

    /// The frame size, checked to be one that a data set may have.
    func frame() throws -> FeatureShape {
        let extents = try counts("frame", 3)
        guard extents.allSatisfy({ (1...1 << 20).contains($0) }),
            extents.reduce(1, { $0 * Double($1) }) <= Double(SequenceGeometry.mostElements)
        else { throw damage(in: "frame") }
        return FeatureShape(height: extents[0], width: extents[1], channels: extents[2])
    }

    func valueRange() throws -> ClosedRange<Float> {
        let range = try elements(of: "value_range", count: 2) { Float($0).flatMap { $0.isFinite ? $0 : nil } }
        guard range[0] <= range[1] else { throw damage(in: "value_range") }
        return range[0]...range[1]
    }

    func plateaus() throws -> Plateaus {
        let elements = try finite("plateau", 3)
        guard (0...1).contains(elements[0]) else { throw damage(in: "plateau") }
        return Plateaus(factor: elements[0], patience: try patience("plateau", Array(elements[1...])))
    }

    func earlyStopping() throws -> Patience { try patience("early_stopping", finite("early_stopping", 2)) }

    private func patience(_ key: String, _ elements: [Double]) throws -> Patience {
        guard let patience = Patience(elements) else { throw damage(in: key) }
        return patience
    }

    /// The number of skipped updates, in total and consecutive, checked against the steps of a position.
    func leftOut(of position: Position) throws -> LeftOut {
        let counts = try counts("left_out", 2)
        guard counts[1] <= counts[0], counts[0] <= position.step else { throw damage(in: "left_out") }
        return LeftOut(total: counts[0], inARow: counts[1])
    }

    private func damage(in key: String) -> FormatError {
        FormatError(
            file: file, problem: "has a damaged \(key) among the facts of a checkpoint",
            advice: "use another checkpoint, or make it again")
    }
}
