// Vectors of sixteen elements over rows whose length need not be a multiple of sixteen.

extension SIMD16 where Scalar: Kernels.Scalar {
    /// Loads `count` elements and fills the remaining lanes with zeros.
    @inline(always)
    static func load(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) -> Self {
        count >= 16 ? Scalar.load(pointer) : loadPart(pointer, count)
    }

    // Out of line, so that a kernel's loop holds only whole vectors. A buffer has room for one vector beyond its end.
    @inline(never)
    private static func loadPart(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) -> Self {
        let lanes = Scalar.load(pointer)
        return Scalar.select(lanes, where: numbered, isBelow: Self(repeating: Scalar(count)), else: .zero)
    }

    /// The lane indices 0 to 15.
    @inline(always)
    private static var numbered: Self { Self(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }

    /// Returns a value in the first `count` lanes and zeros in the others.
    @inline(always)
    static func repeating(_ value: Scalar, _ count: Int) -> Self {
        if count >= 16 { return Self(repeating: value) }
        var lanes = Self(repeating: 0)
        for lane in 0..<count { lanes[lane] = value }
        return lanes
    }

    /// Stores the first `count` lanes.
    @inline(always)
    func store(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) {
        if count >= 16 {
            Scalar.store(self, pointer)
        } else {
            storePart(pointer, count)
        }
    }

    /// Stores the first `count` lanes. The elements behind them are read and written back, so no other thread may write
    /// them meanwhile.
    @inline(always)
    func store(_ pointer: UnsafeMutablePointer<Scalar>, over count: Int) {
        guard count < 16 else { return store(pointer, 16) }
        let kept = Self.load(pointer, 16), limit = Self(repeating: Scalar(count))
        Scalar.select(self, where: Self.numbered, isBelow: limit, else: kept).store(pointer, 16)
    }

    /// Stores the first `count` lanes like `store(_:over:)`, but past the caches, for elements that are not read again
    /// soon.
    ///
    /// - Parameter fillsLines: whether `pointer` is 64-byte aligned and `count` at least 16.
    @inline(always)
    func stream(_ pointer: UnsafeMutablePointer<Scalar>, over count: Int, fillsLines: Bool) {
        guard fillsLines else { return store(pointer, over: count) }
        Scalar.stream(self, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Self.self))
    }

    // Parts of eight, four, two and one lanes.
    @inline(never)
    private func storePart(_ pointer: UnsafeMutablePointer<Scalar>, _ count: Int) {
        let target = UnsafeMutableRawPointer(pointer), size = MemoryLayout<Scalar>.stride
        withUnsafeBytes(of: self) { lanes in
            var at = 0
            @inline(always) func copy<Part>(_: Part.Type, _ length: Int) {
                guard count & length != 0 else { return }
                (target + at).storeBytes(of: lanes.loadUnaligned(fromByteOffset: at, as: Part.self), as: Part.self)
                at &+= length &* size
            }
            copy(SIMD8<Scalar>.self, 8)
            copy(SIMD4<Scalar>.self, 4)
            copy(SIMD2<Scalar>.self, 2)
            copy(Scalar.self, 1)
        }
    }
}

extension SIMD16 where Scalar: Kernels.Scalar {
    /// Clamps each lane to [-limit, limit]; NaN stays NaN.
    @inline(always)
    func bounded(by limit: Scalar) -> Self {
        let most = Self(repeating: limit), least = Self(repeating: -limit)
        let bounded = Scalar.select(most, where: most, isBelow: self, else: self)
        return Scalar.select(least, where: bounded, isBelow: least, else: bounded)
    }
}

/// Calls the body for each vector of a row of `count` elements, with its first index and its number of valid lanes.
@inline(always)
func forEachLanes(of count: Int, _ body: (_ place: Int, _ lanes: Int) -> Void) {
    var place = 0
    while place &+ 16 <= count {
        body(place, 16)
        place &+= 16
    }
    if place < count { body(place, count &- place) }
}

/// The number of sixteen-lane vectors that hold `count` elements.
func lanes(of count: Int) -> Int { (count + 15) / 16 }
