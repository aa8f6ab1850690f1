// The micro-kernel of all products in the Winograd domain: up to six rows of A times one to four vectors of columns of
// B, accumulated in registers over the whole inner dimension.
//
//     C[r][c] (+)= sum over k of A[r][k] B[k][c]
//
// The choice: A and B may each be stored transposed, so that one kernel computes V U, dM U' and V' dM. It prefetches
// the next row block, since the products are otherwise memory-bound.

import CProcessor

/// Neighboring vectors of a row, the unit of a register block.
protocol LaneBlock {
    associatedtype S: Scalar

    static var lanes: Int { get }
    init(zero: Void)
    init(at pointer: UnsafePointer<SIMD16<S>>)
    mutating func addProduct(_ a: S, _ b: Self)
    mutating func add(_ other: Self)
    func store(at pointer: UnsafeMutablePointer<SIMD16<S>>)
}

struct OneLane<S: Scalar>: LaneBlock {
    private var v0: SIMD16<S>

    static var lanes: Int { 1 }
    @inline(always) init(zero: Void) { v0 = .zero }
    @inline(always) init(at p: UnsafePointer<SIMD16<S>>) { v0 = p[0] }
    @inline(always) mutating func addProduct(_ a: S, _ b: Self) { v0.addProduct(SIMD16(repeating: a), b.v0) }
    @inline(always) mutating func add(_ other: Self) { v0 += other.v0 }
    @inline(always) func store(at p: UnsafeMutablePointer<SIMD16<S>>) { p[0] = v0 }
}

/// Two blocks side by side.
struct Pair<Left: LaneBlock, Right: LaneBlock>: LaneBlock where Left.S == Right.S {
    typealias S = Left.S
    private var left: Left, right: Right

    static var lanes: Int { Left.lanes + Right.lanes }
    @inline(always) init(zero: Void) { (left, right) = (Left(zero: ()), Right(zero: ())) }
    @inline(always) init(at p: UnsafePointer<SIMD16<S>>) { (left, right) = (Left(at: p), Right(at: p + Left.lanes)) }
    @inline(always) mutating func addProduct(_ a: S, _ b: Self) {
        left.addProduct(a, b.left)
        right.addProduct(a, b.right)
    }
    @inline(always) mutating func add(_ other: Self) {
        left.add(other.left)
        right.add(other.right)
    }
    @inline(always) func store(at p: UnsafeMutablePointer<SIMD16<S>>) {
        left.store(at: p)
        right.store(at: p + Left.lanes)
    }
}

typealias TwoLanes<S: Scalar> = Pair<OneLane<S>, OneLane<S>>
typealias FourLanes<S: Scalar> = Pair<TwoLanes<S>, TwoLanes<S>>
typealias ThreeLanes<S: Scalar> = Pair<TwoLanes<S>, OneLane<S>>

/// Rows of A and columns of B that are multiplied over an inner dimension of `depth`.
struct Segment<S: Scalar> {
    let a: UnsafePointer<S>
    let rowStride, depthStride: Int

    let b: UnsafePointer<S>
    /// The stride of B along the inner dimension, in vectors.
    let bStride: Int

    let depth: Int

    /// Memory of the size of B that the next product reads, to prefetch; nil where it is already in cache.
    let next: UnsafePointer<S>?

    /// Returns the segment of a single vector of the columns.
    @inline(always)
    func lane(_ lane: Int) -> Segment {
        Segment(
            a: a, rowStride: rowStride, depthStride: depthStride, b: b + 16 * lane, bStride: bStride, depth: depth,
            next: next)
    }
}

/// Neighboring rows of C in registers.
private protocol RowBlock {
    associatedtype Block: LaneBlock

    static var rows: Int { get }
    init(zero: Void)

    /// - Parameters:
    ///   - a: an element of the first row of A; consecutive rows are `stride` apart.
    ///   - b: the matching row of B.
    mutating func addProducts(_ a: UnsafePointer<Block.S>, stride: Int, _ b: Block)

    /// - Parameter c: the position of the first row; consecutive rows are `stride` vectors apart.
    func store(at c: UnsafeMutablePointer<SIMD16<Block.S>>, stride: Int, accumulating: Bool)
}

private struct OneRow<Block: LaneBlock>: RowBlock {
    private var sums: Block

    static var rows: Int { 1 }
    @inline(always) init(zero: Void) { sums = Block(zero: ()) }
    @inline(always) mutating func addProducts(_ a: UnsafePointer<Block.S>, stride: Int, _ b: Block) {
        sums.addProduct(a[0], b)
    }
    @inline(always)
    func store(at c: UnsafeMutablePointer<SIMD16<Block.S>>, stride: Int, accumulating: Bool) {
        var sums = sums
        if accumulating { sums.add(Block(at: UnsafePointer(c))) }
        sums.store(at: c)
    }
}

/// Two blocks, one above the other.
private struct Rows<Upper: RowBlock, Lower: RowBlock>: RowBlock where Upper.Block == Lower.Block {
    typealias Block = Upper.Block
    private var upper: Upper, lower: Lower

    static var rows: Int { Upper.rows + Lower.rows }
    @inline(always) init(zero: Void) { (upper, lower) = (Upper(zero: ()), Lower(zero: ())) }
    @inline(always) mutating func addProducts(_ a: UnsafePointer<Block.S>, stride: Int, _ b: Block) {
        upper.addProducts(a, stride: stride, b)
        lower.addProducts(a + Upper.rows &* stride, stride: stride, b)
    }
    @inline(always)
    func store(at c: UnsafeMutablePointer<SIMD16<Block.S>>, stride: Int, accumulating: Bool) {
        upper.store(at: c, stride: stride, accumulating: accumulating)
        lower.store(at: c + Upper.rows &* stride, stride: stride, accumulating: accumulating)
    }
}

private typealias TwoRows<Block: LaneBlock> = Rows<OneRow<Block>, OneRow<Block>>
private typealias FourRows<Block: LaneBlock> = Rows<TwoRows<Block>, TwoRows<Block>>
private typealias SixRows<Block: LaneBlock> = Rows<FourRows<Block>, TwoRows<Block>>

/// The number of rows whose sums fit in the registers together with four vectors of B.
private let mostRows = 6

extension RowBlock {
    /// - Parameters:
    ///   - row: the first row of A in this block.
    ///   - blocks: the number of row blocks; each prefetches its share of the next product's memory.
    @inline(always)
    mutating func add(_ s: Segment<Block.S>, row: Int, blocks: Int) {
        var a = s.a + row &* s.rowStride
        var b = UnsafeRawPointer(s.b).assumingMemoryBound(to: SIMD16<Block.S>.self)
        // The next rows, or, where rows of A are columns in memory, the cache lines that hold them.
        var ahead = s.depthStride == 1 ? a + Self.rows &* s.rowStride : a + 16
        let aheadStep = s.depthStride == 1 ? Self.rows : s.depthStride
        let share = s.next == nil ? 0 : (MemoryLayout<Block>.size &+ blocks &- 1) / blocks
        var next = UnsafeRawPointer(s.next ?? s.b) + (row / mostRows) &* s.depth &* share
        for _ in 0..<s.depth {
            ckernels_prefetch(ahead)
            ckernels_prefetch(next)
            addProducts(a, stride: s.rowStride, Block(at: b))
            a += s.depthStride
            b += s.bStride
            ahead += aheadStep
            next += share
        }
    }

    @inline(always)
    func prefetch(_ c: UnsafeMutablePointer<SIMD16<Block.S>>, stride: Int) {
        for row in 0..<Self.rows {
            for lane in 0..<Block.lanes { ckernels_prefetch(c + (row &* stride &+ lane)) }
        }
    }
}

/// Multiplies all rows of A with one block of columns, six rows at a time, then four, two and one.
///
/// - Parameters:
///   - first, second: the segments, which are summed in registers.
///   - c: the first row of the result; consecutive rows are `cStride` vectors apart.
@inline(never)
private func multiplyColumns<Block: LaneBlock>(
    _ block: Block.Type, _ first: Segment<Block.S>, _ second: Segment<Block.S>?, rows: Int,
    _ c: UnsafeMutablePointer<SIMD16<Block.S>>, cStride: Int, accumulating: Bool
) {
    let blocks = (rows + mostRows - 1) / mostRows
    var row = 0
    @inline(always) func multiply<Rows: RowBlock>(_: Rows.Type) where Rows.Block == Block {
        while row &+ Rows.rows <= rows {
            let place = c + row &* cStride
            var sums = Rows(zero: ())
            sums.prefetch(place, stride: cStride)
            sums.add(first, row: row, blocks: blocks)
            if let second { sums.add(second, row: row, blocks: blocks) }
            sums.store(at: place, stride: cStride, accumulating: accumulating)
            row &+= Rows.rows
        }
    }
    multiply(SixRows<Block>.self)
    multiply(FourRows<Block>.self)
    multiply(TwoRows<Block>.self)
    multiply(OneRow<Block>.self)
}

/// Calls `multiplyColumns` for a block of 1 to 4 vectors: at once where six rows of them fit in the registers, else one
/// vector at a time.
@inline(always)
func multiplyColumns<S: Scalar>(
    lanes: Int, _ first: Segment<S>, _ second: Segment<S>?, rows: Int, _ c: UnsafeMutablePointer<S>, cStride: Int,
    accumulating: Bool
) {
    let c = UnsafeMutableRawPointer(c).assumingMemoryBound(to: SIMD16<S>.self)
    guard ckernels_has_wide_registers() != 0 else {
        for lane in 0..<lanes {
            multiplyColumns(
                OneLane<S>.self, first.lane(lane), second?.lane(lane), rows: rows, c + lane, cStride: cStride,
                accumulating: accumulating)
        }
        return
    }
    switch lanes {
    case 1:
        multiplyColumns(OneLane<S>.self, first, second, rows: rows, c, cStride: cStride, accumulating: accumulating)
    case 2:
        multiplyColumns(TwoLanes<S>.self, first, second, rows: rows, c, cStride: cStride, accumulating: accumulating)
    case 3:
        multiplyColumns(ThreeLanes<S>.self, first, second, rows: rows, c, cStride: cStride, accumulating: accumulating)
    default:
        multiplyColumns(FourLanes<S>.self, first, second, rows: rows, c, cStride: cStride, accumulating: accumulating)
    }
}
