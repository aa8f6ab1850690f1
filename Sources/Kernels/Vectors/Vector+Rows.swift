// Rows whose length need not be a multiple of a vector, and sums over them that do not depend on the vector's width.

extension Vector {
    /// Calls the body for each vector of a row of `count` elements, with its first index and its number of valid lanes.
    @inline(always)
    static func forEach(of count: Int, _ body: (_ place: Int, _ lanes: Int) -> Void) {
        forEach(of: count, from: 0, by: width, body)
    }

    /// Calls the body for the vectors of a row that begin at `first` and at every further `step` elements.
    @inline(always)
    static func forEach(of count: Int, from first: Int, by step: Int, _ body: (_ place: Int, _ lanes: Int) -> Void) {
        var place = first
        while place &+ width <= count {
            body(place, width)
            place &+= step
        }
        if place < count { body(place, count &- place) }
    }

    /// Does the same as `forEach(of:_:)` with one copy of the body, for bodies so large that a second one for the last,
    /// partial vector would cost more than a branch per store.
    @inline(always)
    static func forEachInOneLoop(of count: Int, _ body: (_ place: Int, _ lanes: Int) -> Void) {
        for place in stride(from: 0, to: count, by: width) { body(place, min(width, count &- place)) }
    }

    /// Returns a sum over elements in an order that is the same for every width: sixteen sums, each over the elements
    /// whose index has one remainder modulo sixteen, which are then added from the first to the last.
    ///
    /// - Parameter add: adds to `sum` the vectors that begin at `first` modulo sixteen; called for each such `first`.
    @inline(always)
    static func sumOfSixteen(_ add: (_ sum: inout Self, _ first: Int) -> Void) -> Scalar {
        var total = -Scalar.zero
        for first in stride(from: 0, to: 16, by: width) {
            var sum = zero
            add(&sum, first)
            total = sum.added(to: total)
        }
        return total
    }
}

extension Vector {
    /// Loads `count` elements and fills the remaining lanes with zeros.
    @inline(always)
    static func load(_ pointer: UnsafePointer<Scalar>, _ count: Int) -> Self {
        count >= width ? load(pointer) : loadPart(pointer, count)
    }

    // Out of line, so that a kernel's loop holds only whole vectors. A buffer has room for sixteen elements beyond its
    // end.
    @inline(never)
    private static func loadPart(_ pointer: UnsafePointer<Scalar>, _ count: Int) -> Self {
        load(pointer).keeping(first: count)
    }

    /// Returns the first `count` lanes and zeros in the others.
    @inline(always)
    func keeping(first count: Int) -> Self {
        Self.select(self, where: Self.laneNumbers, isBelow: Self(repeating: Scalar(count)), else: .zero)
    }

    /// Stores the first `count` lanes.
    @inline(always)
    func store(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) {
        if count >= Self.width { store(pointer) } else { storePart(pointer, count) }
    }

    @inline(never)
    private func storePart(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) {
        withUnsafeTemporaryAllocation(of: Self.self, capacity: 1) { whole in
            let lanes = UnsafeMutableRawPointer(whole.baseAddress!).assumingMemoryBound(to: Scalar.self)
            store(lanes)
            pointer.update(from: lanes, count: count)
        }
    }

    /// Stores the first `count` lanes. The elements behind them are read and written back, so no other thread may write
    /// them meanwhile.
    @inline(always)
    func store(_ pointer: UnsafeMutablePointer<Scalar>, over count: Int) {
        guard count < Self.width else { return store(pointer) }
        Self.select(
            self, where: Self.laneNumbers, isBelow: Self(repeating: Scalar(count)), else: .load(pointer)
        ).store(pointer)
    }

    /// Stores the first `count` lanes like `store(_:over:)`, but past the caches, for elements that are not read again
    /// soon.
    ///
    /// - Parameter isAligned: whether `pointer` is aligned for a vector and all lanes are stored.
    @inline(always)
    func stream(_ pointer: UnsafeMutablePointer<Scalar>, over count: Int, isAligned: Bool) {
        if isAligned { stream(pointer) } else { store(pointer, over: count) }
    }
}

/// The number of blocks of sixteen that hold `count` elements, a cache line of floats each: the layout of channels in
/// the Winograd domain, whatever the width of a vector.
func blocks(of count: Int) -> Int { (count + 15) / 16 }
