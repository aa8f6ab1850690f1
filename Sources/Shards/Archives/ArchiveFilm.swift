// A film in an array of an archive. The choice: only the part that is asked for is read, in the array's order, and turned into
// frames behind it, so that memory depends on the request and not on the archive.

import Foundation
import Formats

/// What a convention says of the film in an array.
struct FilmDraft {
    /// The name of the array in its file.
    var array: String
    var axes: FilmAxes
    var values = ValueDescription()
    /// Stored numbers that stand for missing pixels beside `values.missing`.
    var alsoMissing: [Double] = []
    var times: [Date]?
    /// The number of the film along the axis of films.
    var film = 0
    /// Whether negative numbers of the array are large ones, as NetCDF says of types that it did not use to have.
    var isUnsigned = false
}

/// Frames of one array, one after the other.
struct ArchiveFilm: FrameSeries {
    let name: String
    let height, width, channels, count: Int
    let elementType: ElementType
    let values: ValueDescription?
    var times: [Date]?
    private let axes: FilmAxes
    private let shape: [Int]
    private let film: Int
    private let conversion: StoredConversion
    private let array: @Sendable () throws -> any StoredArray

    /// - Parameter isKept: whether the array stays open; of the files of a folder only the one being read is.
    init(
        _ draft: FilmDraft, of array: any StoredArray, isKept: Bool,
        reopen: @escaping @Sendable () throws -> any StoredArray
    ) {
        (shape, axes, film) = (array.shape, draft.axes, draft.film)
        let films = axes.extent(.films, of: shape)
        name = films > 1 ? "film \(film) of \(array.path)" : array.path
        height = axes.extent(.height, of: shape)
        width = axes.extent(.width, of: shape)
        channels = axes.extent(.channels, of: shape)
        count = axes.extent(.time, of: shape)
        times = draft.times
        let source = draft.isUnsigned ? array.type.unsigned : array.type
        let type = StoredConversion.elementType(of: source)
        var values = draft.values
        (values, conversion) = Self.described(draft, as: type, from: source, values)
        (elementType, self.values) = (type, values)
        if isKept { self.array = { array } } else { self.array = reopen }
    }

    /// The description by numbers that the shard's type has, and the replacements that this takes.
    private static func described(
        _ draft: FilmDraft, as type: ElementType, from source: NumberType, _ values: ValueDescription
    ) -> (ValueDescription, StoredConversion) {
        var values = values, replaced: [StoredConversion.Replacement] = []
        // Floats say missing by NaN as well, and so does what stands beside it.
        if let missing = values.missing {
            let held = StoredConversion.held(missing, as: type)
            replaced.append(StoredConversion.Replacement(from: missing, to: held))
            values.missing = missing.isNaN || !type.holds(held) ? nil : held
        }
        if let undetected = values.undetected {
            let held = StoredConversion.held(undetected.stored, as: type)
            replaced.append(StoredConversion.Replacement(from: undetected.stored, to: held))
            values.undetected = type.holds(held) ? .init(stored: held, value: undetected.value) : nil
        }
        for other in draft.alsoMissing where !other.isNaN {
            if let missing = values.missing {
                replaced.append(StoredConversion.Replacement(from: other, to: missing))
            } else if type.isFloat {
                replaced.append(StoredConversion.Replacement(from: other, to: .nan))
            } else {
                values.missing = type.holds(other) ? other : nil
            }
        }
        return (values, StoredConversion(source, replacing: replaced))
    }

    func read(frames: Range<Int>, into bytes: inout MutableSpan<UInt8>) throws {
        precondition(bytes.count == frames.count * frameBytes, "\(bytes.count) bytes for \(frames.count) frames")
        let array = try array()
        guard array.shape == shape else {
            throw FormatError(
                file: array.path,
                problem: "has \(array.name.quotable) of shape \(array.shape), and had \(shape) before",
                advice: "split when nothing writes to it")
        }
        var start = shape.map { _ in 0 }, counts = shape
        if let time = axes.axis(.time) { (start[time], counts[time]) = (frames.lowerBound, frames.count) }
        if let films = axes.axis(.films) { (start[films], counts[films]) = (film, 1) }
        let type = conversion.readType(of: array.type), order = order
        if order == nil && conversion.isIdentity {
            return try array.read(from: start, count: counts, as: type, into: &bytes)
        }
        var raw = [UInt8](repeating: 0, count: counts.reduce(type.size, *)), span = raw.mutableSpan
        try array.read(from: start, count: counts, as: type, into: &span)
        if let order { raw = Self.permuted(raw, counts, order, elementSize: type.size) }
        let converted = try conversion.converted(raw) { number in
            FormatError(
                file: array.path,
                problem: "holds \(number) in \(array.name.quotable), which no shard's type holds exactly",
                advice: "write it as int32 or float32")
        }
        bytes.withUnsafeMutableBytes { target in converted.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// The axes of the array in the order of a shard; nil if they are in it.
    private var order: [Int]? {
        let wanted = [FilmAxes.Role.time, .height, .width, .channels].compactMap(axes.axis)
        return wanted == wanted.sorted() ? nil : wanted
    }

    /// Elements of shape `counts` in the order of `axes`; all others have one element.
    private static func permuted(_ raw: [UInt8], _ counts: [Int], _ axes: [Int], elementSize size: Int) -> [UInt8] {
        var strides = [Int](repeating: size, count: counts.count)
        for axis in counts.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * counts[axis + 1] }
        let extents = [Int](repeating: 1, count: 4 - axes.count) + axes.map { counts[$0] }
        let steps = [Int](repeating: 0, count: 4 - axes.count) + axes.map { strides[$0] }
        var result = [UInt8](repeating: 0, count: raw.count)
        raw.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                switch size {
                case 1: permute(source, target, extents, steps, UInt8.self)
                case 2: permute(source, target, extents, steps, UInt16.self)
                case 4: permute(source, target, extents, steps, UInt32.self)
                default: permute(source, target, extents, steps, UInt64.self)
                }
            }
        }
        return result
    }

    private static func permute<Bits: BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ extents: [Int], _ steps: [Int],
        _ type: Bits.Type
    ) {
        let target = target.bindMemory(to: Bits.self), row = extents[2] * extents[3]
        // Rows first, then times: where time is the last axis, a row with all its times fits into the nearest cache.
        for b in 0..<extents[1] {
            for a in 0..<extents[0] {
                var index = (a * extents[1] + b) * row
                for c in 0..<extents[2] {
                    let start = a * steps[0] + b * steps[1] + c * steps[2]
                    for d in 0..<extents[3] {
                        target[index] = source.load(fromByteOffset: start + d * steps[3], as: type)
                        index += 1
                    }
                }
            }
        }
    }
}
