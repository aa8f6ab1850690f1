// All learned numbers of a network in one contiguous range, seen through named slots. The values, their gradient and
// each moment of an optimizer have this type, so that an all-reduce, a broadcast, a clip, an update and a checkpoint
// are each one pass over one range.

import Kernels

/// Numbers laid out by a `ParameterLayout`. A view, as `Tensor` is: copies share their numbers.
package struct ParameterVector<S: Scalar>: Sendable {
    package let layout: ParameterLayout

    /// Every number, in the layout's order.
    package let flat: Tensor<S>

    /// All zeros.
    package init(_ layout: ParameterLayout) {
        self.layout = layout
        flat = Tensor(layout.count)
    }

    /// The numbers of one tensor, in its shape.
    package subscript(slot: ParameterSlot) -> Tensor<S> {
        flat[slot.range].reshaped(slot.shape)
    }

    /// Sets every tensor to its initial values, a function of the seed and the tensors' names alone.
    package func initialize(seed: UInt64) {
        for slot in layout.slots { slot.initialization.fill(self[slot], of: slot, seed: seed) }
    }
}
