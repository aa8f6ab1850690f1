// The micro-kernel of all products in the Winograd domain: a few rows of A, mostly six, times a few vectors of columns of B,
// accumulated in registers over the whole inner dimension.
//
//     C[r][c] (+)= sum over k of A[r][k] B[k][c]
//
// The choice: as many vectors at once as six rows of them fill the registers, four of 32 or two of 16. A and B may each
// be stored transposed, so that one kernel computes V U, dM U' and V' dM. It prefetches the next rows of A and the next B,
// since the products are otherwise memory-bound.

import CProcessor

/// Neighboring vectors of a row, the unit of a register block.
private protocol VectorBlock {
    associatedtype S: Scalar

    static var vectors: Int { get }
    init(zero: Void)
    init(at pointer: UnsafePointer<S>)
    mutating func addProduct(_ a: S.Vector, _ b: Self)
    mutating func add(_ other: Self)
    func store(at pointer: UnsafeMutablePointer<S>)
}

private struct OneVector<S: Scalar>: VectorBlock {
    private var vector: S.Vector

    static var vectors: Int { 1 }
    @inline(always) init(zero: Void) { vector = .zero }
    @inline(always) init(at p: UnsafePointer<S>) { vector = .load(p) }
    @inline(always) mutating func addProduct(_ a: S.Vector, _ b: Self) { vector.addProduct(a, b.vector) }
    @inline(always) mutating func add(_ other: Self) { vector += other.vector }
    @inline(always) func store(at p: UnsafeMutablePointer<S>) { vector.store(p) }
}

/// Two blocks side by side.
private struct Pair<Left: VectorBlock, Right: VectorBlock>: VectorBlock where Left.S == Right.S {
    typealias S = Left.S
    private var left: Left, right: Right

    static var vectors: Int { Left.vectors + Right.vectors }
    @inline(always) init(zero: Void) { (left, right) = (Left(zero: ()), Right(zero: ())) }
    @inline(always) init(at p: UnsafePointer<S>) {
        (left, right) = (Left(at: p), Right(at: p + Left.vectors &* S.Vector.width))
    }
    @inline(always) mutating func addProduct(_ a: S.Vector, _ b: Self) {
        left.addProduct(a, b.left)
        right.addProduct(a, b.right)
    }
    @inline(always) mutating func add(_ other: Self) {
        left.add(other.left)
        right.add(other.right)
    }
    @inline(always) func store(at p: UnsafeMutablePointer<S>) {
        left.store(at: p)
        right.store(at: p + Left.vectors &* S.Vector.width)
    }
}

private typealias TwoVectors<S: Scalar> = Pair<OneVector<S>, OneVector<S>>
private typealias ThreeVectors<S: Scalar> = Pair<TwoVectors<S>, OneVector<S>>
private typealias FourVectors<S: Scalar> = Pair<TwoVectors<S>, TwoVectors<S>>

/// Rows of A and columns of B that are multiplied over an inner dimension of `depth`. Strides are in elements.
struct Segment<S: Scalar> {
    let a: UnsafePointer<S>
    let order: Order

    /// How A is stored.
    enum Order {
        /// Row by row: A[r][k] is at r stride + k.
        case rows(stride: Int)

        /// Column by column: A[r][k] is at k stride + r.
        case columns(stride: Int)
    }

    let b: UnsafePointer<S>
    /// The stride of B along the inner dimension.
    let bStride: Int

    let depth: Int

    /// nil where another product asks for what is read next.
    let next: NextFactor<S>?

    /// Returns a row block's share of what the next product reads in place of a block of columns of B.
    ///
    /// - Parameters:
    ///   - block: the rows of the block.
    ///   - rows: the number of all rows.
    @inline(always)
    fileprivate func nextPlaces(for block: Range<Int>, of rows: Int, vectors: Int) -> Places<S> {
        let width = vectors &* S.Vector.width
        switch next {
        case .contiguous(let start):
            let distance = (width &* block.count &+ rows &- 1) / rows
            return Places(place: start + block.lowerBound &* width / rows &* depth, distance: distance)
        case .rows(let start):
            // One cache line of every row of B.
            let line = block.lowerBound / usualRows &* (64 / MemoryLayout<S>.stride)
            guard line < width else { break }
            return Places(place: start + line, distance: bStride)
        case nil: break
        }
        return Places(place: b, distance: 0)
    }

    /// Returns the segment of the columns from one on.
    @inline(always)
    func columns(from column: Int) -> Segment {
        Segment(
            a: a, order: order, b: b + column, bStride: bStride, depth: depth,
            next: next?.columns(from: column, depth: depth))
    }
}

/// Places that are prefetched one after the other, one for each step along the inner dimension: many at once would fill the
/// buffers for what misses the caches, and the product would wait.
private struct Places<S: Scalar> {
    var place: UnsafePointer<S>
    let distance: Int

    @inline(always)
    mutating func prefetchOne() {
        ckernels_prefetch(place)
        place += distance
    }
}

/// What the next product reads in place of B, of the same size, to prefetch. Each row block takes its share.
enum NextFactor<S: Scalar> {
    /// One row after the other in memory.
    case contiguous(UnsafePointer<S>)

    /// Rows as far apart as those of B.
    case rows(UnsafePointer<S>)

    @inline(always)
    fileprivate func columns(from column: Int, depth: Int) -> NextFactor {
        switch self {
        case .contiguous(let start): .contiguous(start + column &* depth)
        case .rows(let start): .rows(start + column)
        }
    }
}

/// Neighboring rows of C in registers.
private protocol RowBlock {
    associatedtype Block: VectorBlock

    static var rows: Int { get }
    init(zero: Void)

    /// - Parameters:
    ///   - a: a column of A.
    ///   - row: the row of `a` that is this block's first.
    ///   - b: the matching row of B.
    mutating func addProducts(_ a: RowPointers<Block.S>, from row: Int, _ b: Block)

    /// - Parameter c: the position of the first row; consecutive rows are `stride` elements apart.
    func store(at c: UnsafeMutablePointer<Block.S>, stride: Int, accumulating: Bool)
}

/// The rows of A from one on, with a pointer to every third of twelve: an address has room for a register times 0, 1 or 2,
/// so that three rows need no more than one register to be moved on.
private struct RowPointers<S: Scalar> {
    private var first, fourth, seventh, tenth: UnsafePointer<S>
    private let stride: Int

    @inline(always)
    init(_ a: UnsafePointer<S>, stride: Int) {
        (first, fourth, seventh, tenth) = (a, a + 3 &* stride, a + 6 &* stride, a + 9 &* stride)
        self.stride = stride
    }

    /// Returns an element of a row, in all lanes.
    @inline(always)
    subscript(row: Int) -> S.Vector {
        let third = row < 3 ? first : row < 6 ? fourth : row < 9 ? seventh : tenth
        return S.Vector(repeating: third[row % 3 &* stride])
    }

    @inline(always)
    static func += (rows: inout RowPointers, distance: Int) {
        rows.first += distance
        rows.fourth += distance
        rows.seventh += distance
        rows.tenth += distance
    }
}

private struct OneRow<Block: VectorBlock>: RowBlock {
    private var sums: Block

    static var rows: Int { 1 }
    @inline(always) init(zero: Void) { sums = Block(zero: ()) }
    @inline(always) mutating func addProducts(_ a: RowPointers<Block.S>, from row: Int, _ b: Block) {
        sums.addProduct(a[row], b)
    }
    @inline(always)
    func store(at c: UnsafeMutablePointer<Block.S>, stride: Int, accumulating: Bool) {
        var sums = sums
        if accumulating { sums.add(Block(at: c)) }
        sums.store(at: c)
    }
}

/// Two blocks, one above the other.
private struct Rows<Upper: RowBlock, Lower: RowBlock>: RowBlock where Upper.Block == Lower.Block {
    typealias Block = Upper.Block
    private var upper: Upper, lower: Lower

    static var rows: Int { Upper.rows + Lower.rows }
    @inline(always) init(zero: Void) { (upper, lower) = (Upper(zero: ()), Lower(zero: ())) }
    @inline(always) mutating func addProducts(_ a: RowPointers<Block.S>, from row: Int, _ b: Block) {
        upper.addProducts(a, from: row, b)
        lower.addProducts(a, from: row &+ Upper.rows, b)
    }
    @inline(always)
    func store(at c: UnsafeMutablePointer<Block.S>, stride: Int, accumulating: Bool) {
        upper.store(at: c, stride: stride, accumulating: accumulating)
        lower.store(at: c + Upper.rows &* stride, stride: stride, accumulating: accumulating)
    }
}

private typealias TwoRows<Block: VectorBlock> = Rows<OneRow<Block>, OneRow<Block>>
private typealias FourRows<Block: VectorBlock> = Rows<TwoRows<Block>, TwoRows<Block>>
private typealias SixRows<Block: VectorBlock> = Rows<FourRows<Block>, TwoRows<Block>>
private typealias TwelveRows<Block: VectorBlock> = Rows<SixRows<Block>, SixRows<Block>>

/// The number of rows whose sums fit in the registers together with the vectors of B.
private let usualRows = 6

extension RowBlock {
    /// - Parameters:
    ///   - row: the first row of A in this block.
    ///   - rows: the number of all rows; each block prefetches its share of the next product's memory.
    @inline(always)
    mutating func add(_ s: Segment<Block.S>, row: Int, of rows: Int) {
        let next = s.nextPlaces(for: row..<row &+ Self.rows, of: rows, vectors: Block.vectors)
        switch s.order {
        case .rows(let stride):
            let a = s.a + row &* stride
            let ahead = Places(place: a + Self.rows &* stride, distance: Self.rows)
            add(s, RowPointers(a, stride: stride), depthStride: 1, ahead, next)
        case .columns(let stride):
            let a = s.a + row
            // The cache lines that hold the next rows.
            let ahead = Places(place: a + 16, distance: stride)
            add(s, RowPointers(a, stride: 1), depthStride: stride, ahead, next)
        }
    }

    /// - Parameters:
    ///   - ahead: the places of the next rows of A.
    ///   - next: places of the next B.
    @inline(always)
    private mutating func add(
        _ s: Segment<Block.S>, _ a: RowPointers<Block.S>, depthStride: Int, _ ahead: Places<Block.S>,
        _ next: Places<Block.S>
    ) {
        var a = a, b = s.b, ahead = ahead, next = next
        for _ in 0..<s.depth {
            ahead.prefetchOne()
            next.prefetchOne()
            addProducts(a, from: 0, Block(at: b))
            a += depthStride
            b += s.bStride
            // Two rounds at once, as the compiler now and then has it, would spill the sums.
            ckernels_keep_order()
        }
    }

    @inline(always)
    func prefetch(_ c: UnsafeMutablePointer<Block.S>, stride: Int) {
        for row in 0..<Self.rows {
            for vector in 0..<Block.vectors {
                ckernels_prefetch(c + (row &* stride &+ vector &* Block.S.Vector.width))
            }
        }
    }
}

/// Multiplies all rows of A with one block of columns, as many rows at a time as the registers hold, then fewer.
///
/// - Parameters:
///   - first, second: the segments, which are summed in registers.
///   - c: the first row of the result; consecutive rows are `cStride` elements apart.
@inline(never)
private func multiplyColumns<Block: VectorBlock>(
    _ block: Block.Type, _ first: Segment<Block.S>, _ second: Segment<Block.S>?, rows: Int,
    _ c: UnsafeMutablePointer<Block.S>, cStride: Int, accumulating: Bool
) {
    var row = 0
    @inline(always) func multiply<Rows: RowBlock>(_: Rows.Type) where Rows.Block == Block {
        while row &+ Rows.rows <= rows {
            let place = c + row &* cStride
            var sums = Rows(zero: ())
            sums.prefetch(place, stride: cStride)
            sums.add(first, row: row, of: rows)
            if let second { sums.add(second, row: row, of: rows) }
            sums.store(at: place, stride: cStride, accumulating: accumulating)
            row &+= Rows.rows
        }
    }
    // Six sums are too few to keep the processor from waiting for one; with 16 registers the compiler would spill more.
    if Block.vectors == 1 && Block.S.Vector.width == 16 { multiply(TwelveRows<Block>.self) }
    multiply(SixRows<Block>.self)
    multiply(FourRows<Block>.self)
    multiply(TwoRows<Block>.self)
    multiply(OneRow<Block>.self)
}

/// Multiplies all rows of A with the columns of B, as many vectors at a time as six rows of them fit in the registers.
///
/// - Parameter columns: a multiple of a vector's width.
@inline(always)
func multiplyColumns<S: Scalar>(
    _ columns: Int, _ first: Segment<S>, _ second: Segment<S>?, rows: Int, _ c: UnsafeMutablePointer<S>, cStride: Int,
    accumulating: Bool
) {
    // Doubles, which only tests multiply, do with two, so that fewer kernels are compiled.
    let width = S.Vector.width, atOnce = (S.self == Double.self ? 2 : Int(ckernels_columns_at_once())) &* width
    for column in stride(from: 0, to: columns, by: atOnce) {
        let first = first.columns(from: column), second = second?.columns(from: column), c = c + column
        @inline(always) func multiply<Block: VectorBlock>(_ block: Block.Type) where Block.S == S {
            multiplyColumns(block, first, second, rows: rows, c, cStride: cStride, accumulating: accumulating)
        }
        switch min(atOnce, columns &- column) / width {
        case 1: multiply(OneVector<S>.self)
        case 2: multiply(TwoVectors<S>.self)
        case 3 where S.self == Float.self: multiply(ThreeVectors<S>.self)
        case 4 where S.self == Float.self: multiply(FourVectors<S>.self)
        default: preconditionFailure("\(columns) columns")
        }
    }
}
