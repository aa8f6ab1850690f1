// All parameters of a network in one contiguous vector, with views of its named tensors. The choice: the parameters,
// their gradient and each moment of an optimizer have this type, so that an all-reduce, a broadcast, a clip, an update
// and a checkpoint are each one pass over one vector.

import Kernels

/// A vector laid out by a `ParameterLayout`. Like `Tensor` it is a view: copies share their elements.
package struct ParameterVector<S: Scalar>: Sendable {
    package let layout: ParameterLayout

    /// All elements, in the order of the layout.
    package let flat: Tensor<S>

    /// Creates a vector of zeros.
    package init(_ layout: ParameterLayout) {
        self.layout = layout
        flat = Tensor(layout.count)
    }

    /// A view of one tensor, in its shape.
    package subscript(slot: ParameterSlot) -> Tensor<S> {
        flat[slot.range].reshaped(slot.shape)
    }

    /// Sets every tensor to its initial values, which depend only on the seed and the tensors' names.
    package func initialize(seed: UInt64) {
        for slot in layout.slots { slot.initialization.fill(self[slot], of: slot, seed: seed) }
    }
}
