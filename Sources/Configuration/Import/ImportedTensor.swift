// How the numbers of a PyTorch tensor lie in ours. The choice: every layout is one formula, a stride for each of our
// axes, so that a new kind of layer is a line here and not a loop.
//
//     ours[i_1, ..., i_n] = theirs[offset + sum of i_a stride_a],  with i_n first looked up in the file's channels

import Kernels
import Model

/// A slot as a part of a tensor in a file.
package struct ImportedTensor: Sendable {
    /// `weight` or `bias`, behind the name of a module.
    package let key: String

    /// What the file's tensor must be; in another spelling a kernel over one step of time, (O, I, 1, k, k).
    package let shape, otherShape: [Int]

    package let slot: ParameterSlot

    private let offset: Int
    private let strides: [Int]
    private let channels: [Int]

    private init(
        _ key: String, _ shape: [Int], _ slot: ParameterSlot, offset: Int = 0, strides: [Int], channels: [Int]? = nil
    ) {
        precondition(strides.count == slot.shape.count, "\(slot.name) of shape \(slot.shape) has another layout")
        (self.key, self.shape, self.slot, self.offset, self.strides) = (key, shape, slot, offset, strides)
        otherShape = shape.count == 4 ? [shape[0], shape[1], 1, shape[2], shape[3]] : shape
        self.channels = channels ?? Array(0..<slot.shape.last!)
    }

    /// Writes the slot's numbers, taken from all those of the file's tensor.
    package func fill(_ values: ParameterVector<Float>, from theirs: [Float]) {
        let ours = values[slot]
        var numbers = ours.mutableSpan
        for number in numbers.indices {
            var rest = number, place = offset
            for axis in slot.shape.indices.reversed() {
                let index = rest % slot.shape[axis]
                rest /= slot.shape[axis]
                place += strides[axis] * (axis == slot.shape.count - 1 ? channels[index] : index)
            }
            numbers[number] = theirs[place]
        }
    }
}

extension ImportedTensor {
    /// The tensors of a module, as they lie in a file.
    ///
    /// - Parameters:
    ///   - layout: of the network that the module's layer belongs to.
    ///   - operation: of that layer.
    package static func all(
        of module: ImportMap.Module, _ operation: LayerDescription.Operation, in layout: ParameterLayout,
        gates: GateOrder
    ) -> [ImportedTensor] {
        func slot(_ name: String) -> ParameterSlot? { layout.slots.first { $0.name == "\(module.layer).\(name)" } }
        func vector(_ key: String, _ name: String, _ channels: [Int]?) -> ImportedTensor? {
            slot(name).map { ImportedTensor(key, $0.shape, $0, strides: [1], channels: channels) }
        }
        var channels: [Int]?
        if case .convLSTM(let cell) = operation { channels = gates.channels(hidden: cell.hidden) }
        switch (module.part, operation) {
        case (.normalization, _):
            return [
                vector("weight", "normalization.scale", channels), vector("bias", "normalization.shift", channels),
            ].compactMap { $0 }
        case (.convolution, .convLSTM):
            return kernels([slot("input.kernel"), slot("hidden.kernel")].compactMap { $0 }, channels)
                + [vector("bias", "bias", channels)].compactMap { $0 }
        case (.convolution, .transposedConvolution):
            return [slot("kernel").map(transposed), vector("bias", "bias", nil)].compactMap { $0 }
        case (.convolution, _):
            return kernels([slot("kernel")].compactMap { $0 }, nil) + [vector("bias", "bias", nil)].compactMap { $0 }
        }
    }

    /// Kernels ([time,] k, k, I, O) that are one tensor (O, sum of I, [time,] k, k) of a file.
    private static func kernels(_ slots: [ParameterSlot], _ channels: [Int]?) -> [ImportedTensor] {
        let inputs = slots.map { $0.shape[$0.shape.count - 2] }
        guard let first = slots.first, let outputs = first.shape.last else { return [] }
        let extents = Array(first.shape.dropLast(2)), area = extents.reduce(1, *), all = inputs.reduce(0, +)
        let within = extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
        return zip(slots, inputs.indices).map { slot, number in
            ImportedTensor(
                "weight", [outputs, all] + extents, slot, offset: inputs[..<number].reduce(0, +) * area,
                strides: within + [area, all * area], channels: channels)
        }
    }

    /// A kernel (k, k, O, I) that is (I, O, k, k) in a file, as `ConvTranspose2d` has it.
    private static func transposed(_ slot: ParameterSlot) -> ImportedTensor {
        let (k, outputs, inputs) = (slot.shape[0], slot.shape[2], slot.shape[3])
        return ImportedTensor("weight", [inputs, outputs, k, k], slot, strides: [k, 1, k * k, outputs * k * k])
    }
}
