// The layout of a network's learned tensors in the one flat vector that holds them all.

/// A learned tensor: its name, its shape, its offset in the flat vector, and its initialization.
package struct ParameterSlot: Sendable, Equatable {
    package let name: String
    package let shape: [Int]
    package let offset: Int
    package let initialization: Initialization

    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { offset..<offset + count }
}

/// The slots of a network, in order and contiguous.
package struct ParameterLayout: Sendable, Equatable {
    package private(set) var slots: [ParameterSlot] = []

    package init() {}

    /// The number of elements of all tensors.
    package var count: Int { slots.last?.range.upperBound ?? 0 }

    /// Appends a tensor.
    ///
    /// - Parameter name: dotted and stable, such as "encoder1.input.kernel"; files contain it.
    package mutating func append(_ name: String, shape: [Int], initialization: Initialization) -> ParameterSlot {
        precondition(!slots.contains { $0.name == name }, "two tensors named \(name)")
        let slot = ParameterSlot(name: name, shape: shape, offset: count, initialization: initialization)
        slots.append(slot)
        return slot
    }
}
