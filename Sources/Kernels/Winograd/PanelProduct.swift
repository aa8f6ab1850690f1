// The micro-kernel under every product in the domain of points: six rows of A by one, two, three or four lanes of columns
// of B, kept in registers over the whole inner dimension.
//
//     C[r][c] (+)= sum over k of A[r][k] B[k][c]
//
// A and B may lie in memory either way round, so that the same code makes V U, dM U' and V' dM. What is read next is
// asked for a row block ahead, because products are fast enough to wait for memory otherwise.

import CProcessor

/// Neighbouring lanes of a row: what a register block is made of.
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

/// Rows of a register block.
let blockRows = 6

/// Six rows of C in registers.
private struct RowBlock<Block: LaneBlock> {
    typealias S = Block.S
    private var c0 = Block(zero: ()), c1 = Block(zero: ()), c2 = Block(zero: ())
    private var c3 = Block(zero: ()), c4 = Block(zero: ()), c5 = Block(zero: ())

    /// Of C, the first one's number and how many there are. Rows that are not there are computed as the last one, and not
    /// stored.
    let row, count: Int

    @inline(always)
    init(row: Int, of rows: Int) { (self.row, count) = (row, min(blockRows, rows &- row)) }

    /// - Parameter blocks: of all rows; each asks for its share of what is read next.
    @inline(always)
    mutating func add(_ s: Segment<S>, blocks: Int) {
        let a = s.a + row &* s.rowStride, step = s.depthStride
        let a1 = a + min(1, count &- 1) &* s.rowStride, a2 = a + min(2, count &- 1) &* s.rowStride
        let a3 = a + min(3, count &- 1) &* s.rowStride, a4 = a + min(4, count &- 1) &* s.rowStride
        let a5 = a + min(5, count &- 1) &* s.rowStride
        var b = UnsafeRawPointer(s.b).assumingMemoryBound(to: SIMD16<S>.self), at = 0
        // The rows after these, or where rows of A are columns in memory, the lines that hold them.
        var ahead = step == 1 ? a + blockRows &* s.rowStride : a + 16
        let aheadStep = step == 1 ? blockRows : step
        let share = s.next == nil ? 0 : (MemoryLayout<Block>.size &+ blocks &- 1) / blocks
        var next = UnsafeRawPointer(s.next ?? s.b) + (row / blockRows) &* s.depth &* share
        for _ in 0..<s.depth {
            ckernels_prefetch(ahead)
            ckernels_prefetch(next)
            let columns = Block(at: b)
            c0.addProduct(a[at], columns)
            c1.addProduct(a1[at], columns)
            c2.addProduct(a2[at], columns)
            c3.addProduct(a3[at], columns)
            c4.addProduct(a4[at], columns)
            c5.addProduct(a5[at], columns)
            b += s.bStride
            at &+= step
            ahead += aheadStep
            next += share
        }
    }

    /// - Parameter c: the first row of C.
    @inline(always)
    func prefetch(_ c: UnsafeMutablePointer<SIMD16<S>>, stride: Int) {
        for r in 0..<count {
            for lane in 0..<Block.lanes { ckernels_prefetch(c + ((row &+ r) &* stride &+ lane)) }
        }
    }

    @inline(always)
    func store(_ c: UnsafeMutablePointer<SIMD16<S>>, stride: Int, accumulating: Bool) {
        let c = c + row &* stride
        Self.store(c0, c, accumulating)
        if count > 1 { Self.store(c1, c + stride, accumulating) }
        if count > 2 { Self.store(c2, c + 2 &* stride, accumulating) }
        if count > 3 { Self.store(c3, c + 3 &* stride, accumulating) }
        if count > 4 { Self.store(c4, c + 4 &* stride, accumulating) }
        if count > 5 { Self.store(c5, c + 5 &* stride, accumulating) }
    }

    @inline(always)
    private static func store(_ value: Block, _ place: UnsafeMutablePointer<SIMD16<S>>, _ accumulating: Bool) {
        var sum = value
        if accumulating { sum.add(Block(at: UnsafePointer(place))) }
        sum.store(at: place)
    }
}

/// The columns of one block for all rows of A.
///
/// - Parameters:
///   - segments: added up in the registers.
///   - c: its first row, from row to row `cStride` lanes.
@inline(never)
private func multiplyColumns<Block: LaneBlock>(
    _ block: Block.Type, _ first: Segment<Block.S>, _ second: Segment<Block.S>?, rows: Int,
    _ c: UnsafeMutablePointer<SIMD16<Block.S>>, cStride: Int, accumulating: Bool
) {
    let blocks = (rows + blockRows - 1) / blockRows
    for row in stride(from: 0, to: rows, by: blockRows) {
        var sums = RowBlock<Block>(row: row, of: rows)
        sums.prefetch(c, stride: cStride)
        sums.add(first, blocks: blocks)
        if let second { sums.add(second, blocks: blocks) }
        sums.store(c, stride: cStride, accumulating: accumulating)
    }
}

/// `multiplyColumns` for a block of 1 to 4 lanes: together where six rows of them fit into registers, else lane by lane.
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
