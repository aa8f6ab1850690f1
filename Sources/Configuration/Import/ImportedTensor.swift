// The mapping of a PyTorch tensor's elements to ours. The choice: every layout is one formula, a stride for each of our
// axes, so that a new kind of layer is a line here and not a loop.
//
//     ours[i_1, ..., i_n] = theirs[offset + sum of i_a stride_a],  with i_n first mapped to the file's channels

import Kernels
import Model

/// A parameter slot as a part of a tensor in a file.
package struct ImportedTensor: Sendable {
    /// `weight` or `bias`, appended to the name of a module.
    package let key: String

    /// The shape of the file's tensor, and the alternative with a kernel over one time step, (O, I, 1, k, k).
    package let shape, otherShape: [Int]

    package let slot: ParameterSlot

    private let offset: Int
    private let strides: [Int]
    private let channels: [Int]

    init(
        key: String, shape: [Int], slot: ParameterSlot, offset: Int = 0, strides: [Int], channels: [Int]? = nil
    ) {
        precondition(strides.count == slot.shape.count, "\(slot.name) of shape \(slot.shape) has another layout")
        (self.key, self.shape, self.slot, self.offset, self.strides) = (key, shape, slot, offset, strides)
        otherShape = shape.count == 4 ? [shape[0], shape[1], 1, shape[2], shape[3]] : shape
        self.channels = channels ?? Array(0..<slot.shape.last!)
    }

    /// Fills the slot with its parameters out of all elements of the file's tensor.
    package func fill(_ values: ParameterVector<Float>, from theirs: [Float]) {
        let ours = values[slot]
        var numbers = ours.mutableSpan
        forEachElement { our, their in numbers[our] = theirs[their] }
    }

    /// Writes the slot's parameters to their places among all elements of the file's tensor.
    package func write(_ values: ParameterVector<Float>, to theirs: inout [Float]) {
        let ours = values[slot], numbers = ours.span
        forEachElement { our, their in theirs[their] = numbers[our] }
    }

    /// Calls the body with each element's number in the slot and in the file's tensor.
    private func forEachElement(_ body: (_ our: Int, _ their: Int) -> Void) {
        let last = slot.shape.count - 1, columns = channels.map { $0 * strides[last] }
        for row in 0..<slot.shape[..<last].reduce(1, *) {
            var rest = row, place = offset
            for axis in (0..<last).reversed() {
                place += strides[axis] * (rest % slot.shape[axis])
                rest /= slot.shape[axis]
            }
            for (column, step) in columns.enumerated() { body(row * columns.count + column, place + step) }
        }
    }
}

extension ImportedTensor {
    /// The tensors of a module in a file.
    ///
    /// - Parameters:
    ///   - layout: the parameter layout of the network that the module's layer belongs to.
    ///   - operation: the operation of that layer.
    package static func all(
        of module: ImportMap.Module, _ operation: LayerDescription.Operation, in layout: ParameterLayout,
        gates: GateOrder
    ) -> [ImportedTensor] {
        func slot(_ name: String) -> ParameterSlot? { layout.slots.first { $0.name == "\(module.layer).\(name)" } }
        func vector(_ key: String, for name: String, channels: [Int]?) -> ImportedTensor? {
            slot(name).map { ImportedTensor(key: key, shape: $0.shape, slot: $0, strides: [1], channels: channels) }
        }
        var channels: [Int]?
        if case .convLSTM(let cell) = operation { channels = gates.channels(hidden: cell.hidden) }
        switch (module.part, operation) {
        case (.normalization, _):
            return [
                vector("weight", for: "normalization.scale", channels: channels),
                vector("bias", for: "normalization.shift", channels: channels),
            ].compactMap { $0 }
        case (.convolution, .convLSTM):
            return kernels([slot("input.kernel"), slot("hidden.kernel")].compactMap { $0 }, channels)
                + [vector("bias", for: "bias", channels: channels)].compactMap { $0 }
        case (.convolution, .transposedConvolution):
            return [slot("kernel").map(transposed), vector("bias", for: "bias", channels: nil)].compactMap { $0 }
        case (.convolution, _):
            return kernels([slot("kernel")].compactMap { $0 }, nil)
                + [vector("bias", for: "bias", channels: nil)].compactMap { $0 }
        }
    }

    /// Kernels of shape ([time,] k, k, I, O) that form one tensor of shape (O, sum of I, [time,] k, k) in a file.
    ///
    /// - Parameters:
    ///   - filters: the number O of the file's tensor, if the kernels give only some of them; nil for their own.
    ///   - first: the first filter that the kernels give.
    static func kernels(
        _ slots: [ParameterSlot], _ channels: [Int]?, of filters: Int? = nil, from first: Int = 0
    ) -> [ImportedTensor] {
        let inputs = slots.map { $0.shape[$0.shape.count - 2] }
        guard let shape = slots.first?.shape, let outputs = filters ?? shape.last else { return [] }
        let extents = Array(shape.dropLast(2)), area = extents.reduce(1, *), all = inputs.reduce(0, +)
        let within = extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
        return zip(slots, inputs.indices).map { slot, number in
            ImportedTensor(
                key: "weight", shape: [outputs, all] + extents, slot: slot,
                offset: (first * all + inputs[..<number].reduce(0, +)) * area,
                strides: within + [area, all * area], channels: channels)
        }
    }

    /// A kernel of shape (k, k, O, I) that has shape (I, O, k, k) in a file, as in `ConvTranspose2d`.
    static func transposed(_ slot: ParameterSlot) -> ImportedTensor {
        let (k, outputs, inputs) = (slot.shape[0], slot.shape[2], slot.shape[3])
        return ImportedTensor(
            key: "weight", shape: [inputs, outputs, k, k], slot: slot, strides: [k, 1, k * k, outputs * k * k])
    }
}
