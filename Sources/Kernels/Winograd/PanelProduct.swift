// The micro-kernel under every product in the Winograd domain: up to six rows of A by one, two, three or four lanes of
// columns of B, kept in registers over the whole inner dimension.
//
//     C[r][c] (+)= sum over k of A[r][k] B[k][c]
//
// A and B may lie in memory either way round, so that the same code makes V U, dM U' and V' dM. What is read next is
// asked for a row block ahead, because products are fast enough to wait for memory otherwise.

import CProcessor

/// Neighboring lanes of a row: what a register block is made of.
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

/// Rows of A and columns of B that are multiplied over `depth` steps.
struct Segment<S: Scalar> {
    let a: UnsafePointer<S>
    let rowStride, depthStride: Int

    let b: UnsafePointer<S>
    /// From one step to the next, in lanes.
    let bStride: Int

    let depth: Int

    /// As much memory as B's, which the product after this one reads; nil where that is in a cache.
    let next: UnsafePointer<S>?

    /// One lane of its columns.
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
    ///   - a: a number of the first row of A, from row to row `stride`.
    ///   - b: the row of B that belongs to it.
    mutating func addProducts(_ a: UnsafePointer<Block.S>, stride: Int, _ b: Block)

    /// - Parameter c: the first row's place, from row to row `stride` lanes.
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

/// Two blocks one above the other.
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

/// Rows that the registers hold together with four lanes of B.
private let mostRows = 6

extension RowBlock {
    /// - Parameters:
    ///   - row: of A, the first one here.
    ///   - blocks: of all rows; each asks for its share of what is read next.
    @inline(always)
    mutating func add(_ s: Segment<Block.S>, row: Int, blocks: Int) {
        var a = s.a + row &* s.rowStride
        var b = UnsafeRawPointer(s.b).assumingMemoryBound(to: SIMD16<Block.S>.self)
        // The rows after these, or where rows of A are columns in memory, the lines that hold them.
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

/// The columns of one block for all rows of A, six rows at a time and what is left by four, two and one.
///
/// - Parameters:
///   - segments: added up in the registers.
///   - c: its first row, from row to row `cStride` lanes.
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

/// `multiplyColumns` for a block of 1 to 4 lanes: together where six rows of them fit into registers, else lane by
/// lane.
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
