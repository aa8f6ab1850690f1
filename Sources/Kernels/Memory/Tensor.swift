// A view of elements in a buffer, row-major and contiguous: the last axis varies fastest. Copying a tensor copies the
// view; `copy(from:)` copies the elements.
//
// Feature maps have the axes (time, batch, height, width, channels), so that one time step of the batch, and the whole
// sequence too, is one matrix of pixels by channels.

/// A dense row-major view of a `Buffer`.
package struct Tensor<S: Scalar>: @unchecked Sendable {
    package let shape: [Int]
    package let count: Int
    let buffer: Buffer<S>
    let offset: Int

    /// Allocates a tensor of zeros.
    package init(_ shape: Int...) { self.init(shape: shape) }

    package init(shape: [Int]) {
        let count = shape.reduce(1, *)
        self.init(buffer: Buffer(count: count), offset: 0, shape: shape)
    }

    package init(buffer: Buffer<S>, offset: Int, shape: [Int]) {
        count = shape.reduce(1, *)
        precondition(offset >= 0 && offset + count <= buffer.count, "a tensor \(shape) outside its buffer")
        self.shape = shape
        self.buffer = buffer
        self.offset = offset
    }

    var pointer: UnsafeMutablePointer<S> { buffer.start + offset }

    package var span: Span<S> {
        @_lifetime(borrow self)
        get { _overrideLifetime(Span(_unsafeStart: UnsafePointer(pointer), count: count), borrowing: self) }
    }

    /// A mutable span of the elements. A tensor is a view, so this needs no `var`; two mutable spans of the same
    /// elements must not be used at once.
    package var mutableSpan: MutableSpan<S> {
        @_lifetime(borrow self)
        get { _overrideLifetime(MutableSpan(_unsafeStart: pointer, count: count), borrowing: self) }
    }
}

extension Tensor {
    /// A view of a range of the first axis.
    package subscript(range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "entries \(range) of \(shape)")
        let stride = shape.dropFirst().reduce(1, *)
        return Tensor(
            buffer: buffer, offset: offset + range.lowerBound * stride, shape: [range.count] + shape.dropFirst())
    }

    /// Whether both tensors begin at the same element of the same buffer.
    package func isSame(as other: Tensor) -> Bool { buffer === other.buffer && offset == other.offset }

    /// A view of one index of the first axis, without that axis.
    package subscript(index: Int) -> Tensor {
        let one = self[index..<index + 1]
        return Tensor(buffer: buffer, offset: one.offset, shape: Array(shape.dropFirst()))
    }

    /// A view of `index` modulo the length of the first axis, for tensors that are used as ring buffers.
    package subscript(cyclic index: Int) -> Tensor { self[index % shape[0]] }

    /// A flat view of a range of elements in memory order, whatever the axes.
    subscript(flat range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "numbers \(range) of \(count)")
        return Tensor(buffer: buffer, offset: offset + range.lowerBound, shape: [range.count])
    }

    /// A view of the same elements in another shape with the same count.
    package func reshaped(_ shape: Int...) -> Tensor { reshaped(shape) }

    package func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "\(self.shape) reshaped to \(shape)")
        return Tensor(buffer: buffer, offset: offset, shape: shape)
    }

    /// A view of some time steps of a sequence (time, batch, height, width, channels) as (images, height, width,
    /// channels).
    package func images(_ steps: Range<Int>) -> Tensor {
        self[steps].reshaped(steps.count * shape[1], shape[2], shape[3], shape[4])
    }

    /// A view as a matrix whose rows run along the last axis: pixels by channels for feature maps.
    package var matrix: Matrix<S> {
        let columns = shape.last ?? 1
        return Matrix(self, rows: columns == 0 ? 0 : count / columns, columns: columns)
    }

    @specialized(where S == Float)
    @specialized(where S == Double)
    package func fill(_ value: S) {
        pointer.update(repeating: value, count: count)
    }

    package func copy(from source: Tensor) {
        precondition(source.count == count, "\(source.shape) copied into \(shape)")
        UnsafeMutableRawPointer(pointer).copyMemory(from: source.pointer, byteCount: count * MemoryLayout<S>.stride)
    }
}
