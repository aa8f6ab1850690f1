// Which learned tensors a network has, and where each lies in the one flat vector that holds them all.

/// A learned tensor: its name, its shape, where it lies in the flat vector, and how it starts.
package struct ParameterSlot: Sendable, Equatable {
    package let name: String
    package let shape: [Int]
    package let offset: Int
    package let initialization: Initialization

    package var count: Int { shape.reduce(1, *) }
    package var range: Range<Int> { offset..<offset + count }
}

/// The slots of a network, in order and without gaps.
package struct ParameterLayout: Sendable, Equatable {
    package private(set) var slots: [ParameterSlot] = []

    package init() {}

    /// Numbers in all.
    package var count: Int { slots.last?.range.upperBound ?? 0 }

    /// Adds a tensor at the end.
    ///
    /// - Parameter name: dotted and stable, "encoder1.input.kernel": files carry it.
    package mutating func append(_ name: String, _ shape: [Int], _ initialization: Initialization) -> ParameterSlot {
        precondition(!slots.contains { $0.name == name }, "two tensors named \(name)")
        let slot = ParameterSlot(name: name, shape: shape, offset: count, initialization: initialization)
        slots.append(slot)
        return slot
    }
}
