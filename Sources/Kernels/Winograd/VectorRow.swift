// Where the Winograd transforms read and write: strided rows of vectors, and the square in the L1 cache that holds a tile
// between its columns and its rows. A tile is transformed for a block of sixteen channels, one vector after the other:
// the vectors of a block share cache lines, which streamed stores must fill without delay.

/// The vectors that a transform reads.
protocol VectorSource<S> {
    associatedtype S: Scalar

    subscript(index: Int) -> S.Vector { get }
}

/// A destination for the vectors that a transform writes.
protocol VectorTarget<S>: VectorSource {
    subscript(index: Int) -> S.Vector { get nonmutating set }
}

/// A strided row of vectors: the one-dimensional input, output or transform of a tile.
struct VectorRow<S: Scalar>: VectorTarget {
    fileprivate let start: UnsafeMutablePointer<S>
    fileprivate let stride: Int

    /// - Parameter stride: the distance from one vector to the next, in elements.
    @inline(always)
    init(_ start: UnsafeMutablePointer<S>, stride: Int) { (self.start, self.stride) = (start, stride) }

    @inline(always)
    subscript(index: Int) -> S.Vector {
        get { .load(start + index &* stride) }
        nonmutating set { newValue.store(start + index &* stride) }
    }

    /// Returns the row of the vectors from a channel on.
    @inline(always)
    fileprivate func at(_ channel: Int) -> VectorRow { VectorRow(start + channel, stride: stride) }
}

/// A row of the Winograd domain that is written past the caches, one whole cache line after the other. A whole transform
/// exceeds the caches before any of it is read, and a cached write would first read the line that it replaces; a line that
/// is written in parts, with others between them, costs more than either. So vectors that do not fill a line gather in the
/// square until `finish`. A writer whose data other threads read must call `finishStreams` at the end.
struct StreamedRow<S: Scalar> {
    fileprivate let gathered: VectorRow<S>
    fileprivate let row: VectorRow<S>

    /// The target of one vector of the block.
    @inline(always)
    subscript(part: BlockPart<S>) -> StreamedPart<S> {
        StreamedPart(gathered: gathered.at(part.channel), row: row.at(part.channel))
    }

    @inline(always)
    func finish(_ count: Int) {
        guard S.Vector.width < 16 else { return }
        for index in 0..<count {
            for part in BlockParts<S>() {
                gathered.at(part.channel)[index].stream(row.start + (index &* row.stride &+ part.channel))
            }
        }
    }
}

/// One vector of each block of a streamed row.
struct StreamedPart<S: Scalar>: VectorTarget {
    fileprivate let gathered: VectorRow<S>
    fileprivate let row: VectorRow<S>

    @inline(always)
    subscript(index: Int) -> S.Vector {
        get { gathered[index] }
        nonmutating set {
            if S.Vector.width < 16 {
                gathered[index] = newValue
            } else {
                newValue.stream(row.start + index &* row.stride)
            }
        }
    }
}

/// One vector of a block of sixteen channels.
struct BlockPart<S: Scalar> {
    /// Its first channel in the block.
    let channel: Int
}

/// The vectors of a block of sixteen channels.
struct BlockParts<S: Scalar>: Sequence, IteratorProtocol {
    private var channel = 0

    @inline(always) init() {}

    @inline(always)
    mutating func next() -> BlockPart<S>? {
        guard channel < 16 else { return nil }
        defer { channel &+= S.Vector.width }
        return BlockPart(channel: channel)
    }
}

/// A square of blocks of sixteen channels.
struct Square<S: Scalar> {
    private let start: UnsafeMutablePointer<S>
    private let side: Int

    @inline(always)
    fileprivate init(_ start: UnsafeMutablePointer<S>, side: Int) { (self.start, self.side) = (start, side) }

    @inline(always)
    func row(_ i: Int, _ part: BlockPart<S> = BlockPart(channel: 0)) -> VectorRow<S> {
        VectorRow(start + (16 &* side &* i &+ part.channel), stride: 16)
    }

    /// A row that is transformed in place on its way to memory.
    @inline(always)
    func streamed(row i: Int, to points: VectorRow<S>) -> StreamedRow<S> { StreamedRow(gathered: row(i), row: points) }

    @inline(always)
    func column(_ j: Int, _ part: BlockPart<S> = BlockPart(channel: 0)) -> VectorRow<S> {
        VectorRow(start + (16 &* j &+ part.channel), stride: 16 &* side)
    }
}

/// Calls the body with a temporary square, which stays in the L1 cache.
@inline(always)
func withSquare<S: Scalar>(_ side: Int, _ body: (Square<S>) -> Void) {
    withBlocks(side &* side) { body(Square($0, side: side)) }
}

/// Calls the body with temporary memory for blocks of sixteen channels, aligned for vectors.
@inline(always)
func withBlocks<S: Scalar>(_ count: Int, _ body: (UnsafeMutablePointer<S>) -> Void) {
    withUnsafeTemporaryAllocation(of: S.Vector.self, capacity: count &* 16 / S.Vector.width) {
        body(UnsafeMutableRawPointer($0.baseAddress!).assumingMemoryBound(to: S.self))
    }
}
