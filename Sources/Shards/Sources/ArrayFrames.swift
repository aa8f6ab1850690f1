// Frames of an array on disk with axes in any order. The choice: what is wanted is read in the longest runs that are wanted
// as a whole, and brought into the order of shards in memory, so that memory never depends on the size of the array.

import Formats

/// An array on disk, read by sequences and frames.
struct ArrayFrames: Sendable {
    let array: NpyFile
    /// The extents by their axes: sequences, frames, height, width, channels.
    let extents: [Int]
    /// The element type in which numbers are given.
    let elementType: ElementType

    /// The axes as they are stored, the one whose elements are neighbors last.
    private let stored: [Int]
    /// The number of a shard's axes, and the place of sequences and frames among them.
    private static let rank = 5, sequences = 0, frames = 1

    /// Throws `ShardError` for an array with another number of axes, and for one without elements.
    init(_ array: NpyFile, _ order: AxisOrder) throws(ShardError) {
        let shape = array.header.shape
        guard shape.count == order.axes.count else {
            throw ShardError(
                "\(array.path) has the shape \(shape), and \(order) names \(order.axes.count) axes; give --axes with a letter "
                    + "for each of \(shape.count)")
        }
        guard shape.allSatisfy({ $0 > 0 }) else { throw ArrayLayout.empty(shape, array.path) }
        self.array = array
        extents = AxisOrder.Axis.allCases.map { order.extent($0, in: shape) }
        elementType = ElementType(array.header.type)
        let axes = order.axes.map { AxisOrder.Axis.allCases.firstIndex(of: $0)! }
        stored = array.header.isFortran ? axes.reversed() : axes
    }

    /// The numbers of some frames of some sequences, of shape (sequences, frames, height, width, channels).
    func bytes(sequences: Range<Int>, frames: Range<Int>) throws -> [UInt8] {
        var wanted = extents.map { 0..<$0 }
        (wanted[Self.sequences], wanted[Self.frames]) = (sequences, frames)
        let read = widened(wanted), compact = try compact(read)
        let isInOrder =
            read == wanted && stored.filter { read[$0].count > 1 } == stored.filter { read[$0].count > 1 }.sorted()
        return converted(isInOrder ? compact : inOrder(compact, read, wanted))
    }

    private var size: Int { array.header.type.size }

    /// What is read to have what is wanted: more of an axis whose parts are too short to be read one by one.
    private func widened(_ wanted: [Range<Int>]) -> [Range<Int>] {
        var read = wanted, run = size
        for axis in stored.reversed() {
            let whole = 0..<extents[axis]
            let total = read.indices.reduce(size) { $0 * ($1 == axis ? whole.count : read[$1].count) }
            if run * read[axis].count < 4096, total <= 64 << 20 { read[axis] = whole }
            run *= read[axis].count
            guard read[axis] == whole else { break }
        }
        return read
    }

    /// A part of the array, in the order in which it is stored.
    private func compact(_ part: [Range<Int>]) throws -> [UInt8] {
        // The innermost axes that are read whole, and the part of the next one, are a run.
        var place = stored.count, run = 1
        while place > 0, part[stored[place - 1]].count == extents[stored[place - 1]] {
            place -= 1
            run *= extents[stored[place]]
        }
        if place > 0 {
            place -= 1
            run *= part[stored[place]].count
        }
        let strides = strides(of: stored.map { extents[$0] })
        let outer = stored[..<place], count = outer.reduce(1) { $0 * part[$1].count }
        let start = zip(stored, strides).reduce(0) { $0 + part[$1.0].lowerBound * $1.1 }
        var bytes = [UInt8](repeating: 0, count: count * run * size)
        for number in 0..<count {
            var offset = start, rest = number
            for (axis, stride) in zip(outer, strides).reversed() {
                offset += rest % part[axis].count * stride
                rest /= part[axis].count
            }
            try bytes.withUnsafeMutableBufferPointer { buffer in
                let place = number * run * size..<(number + 1) * run * size
                var span = UnsafeMutableBufferPointer(rebasing: buffer[place]).mutableSpan
                try array.read(at: offset * size, into: &span)
            }
        }
        return bytes
    }

    /// The distances, in elements, between neighbors along each of several axes, the last of which is the innermost.
    private func strides(of extents: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: extents.count)
        for axis in extents.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
        return strides
    }

    /// What is wanted of a part, in the order of shards.
    private func inOrder(_ compact: [UInt8], _ part: [Range<Int>], _ wanted: [Range<Int>]) -> [UInt8] {
        var strides = [Int](repeating: 0, count: Self.rank), start = 0
        for (axis, stride) in zip(stored, self.strides(of: stored.map { part[$0].count })) {
            strides[axis] = stride
            start += (wanted[axis].lowerBound - part[axis].lowerBound) * stride
        }
        let order = Transposition(extents: wanted.map(\.count), strides: strides, start: start)
        return switch size {
        case 1: order.bytes(of: compact, as: UInt8.self)
        case 2: order.bytes(of: compact, as: UInt16.self)
        case 4: order.bytes(of: compact, as: UInt32.self)
        default: order.bytes(of: compact, as: UInt64.self)
        }
    }

    /// Numbers in a type of shards.
    private func converted(_ bytes: [UInt8]) -> [UInt8] {
        array.header.type == .float64 ? elementType.bytes(of: array.header.type.floats(bytes)) : bytes
    }
}

/// The copying of elements into another order of five axes.
private struct Transposition {
    let extents: [Int]
    /// The distance between neighbors along each axis of the source, and the place of the first, in elements.
    let strides: [Int], start: Int

    func bytes<Element: FixedWidthInteger>(of source: [UInt8], as type: Element.Type) -> [UInt8] {
        let count = extents.reduce(1, *), width = MemoryLayout<Element>.size
        return [UInt8](unsafeUninitializedCapacity: count * width) { buffer, filled in
            source.withUnsafeBytes { raw in
                let from = raw.bindMemory(to: Element.self)
                buffer.withMemoryRebound(to: Element.self) { copy(from, to: $0) }
            }
            filled = count * width
        }
    }

    private func copy<Element>(_ source: UnsafeBufferPointer<Element>, to target: UnsafeMutableBufferPointer<Element>) {
        let (rows, columns, channels) = (extents[2], extents[3], extents[4])
        let (down, right, deep) = (strides[2], strides[3], strides[4])
        var next = 0
        for sequence in 0..<extents[0] {
            for frame in 0..<extents[1] {
                let corner = start + sequence * strides[0] + frame * strides[1]
                for row in 0..<rows {
                    var place = corner + row * down
                    for _ in 0..<columns {
                        for channel in 0..<channels {
                            target[next] = source[place + channel * deep]
                            next += 1
                        }
                        place += right
                    }
                }
            }
        }
    }
}
