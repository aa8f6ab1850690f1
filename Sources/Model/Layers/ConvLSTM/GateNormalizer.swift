// The normalization of a ConvLSTM's preactivations: its tensors, and what each unrolled step keeps for backward. Its
// tensors cover all four gates side by side, however the layer divides its other weights.

import Kernels

/// The scale and shift of a layer's preactivations.
struct GateNormalizer {
    /// The number of neighboring channels in a group.
    let channels: Int

    /// The height and width of the layer, with the channels of all four gates.
    let map: FeatureShape

    let scale, shift: ParameterSlot

    /// - Parameters:
    ///   - layer: the layer's name, for its tensors and errors.
    ///   - state: the shape of the layer's hidden state.
    init(
        layer: String, _ form: GateNormalization, state: FeatureShape, layout: inout ParameterLayout
    ) throws(ModelError) {
        map = state.with(channels: 4 * state.channels)
        switch form {
        case .group(let channels): self.channels = channels
        case .layer: channels = map.channels
        }
        guard channels > 0, map.channels % channels == 0 else {
            throw ModelError(
                "layer \(layer): groups of \(channels) channels do not divide the \(map.channels) of its four gates; "
                    + "choose a divisor, best one of its \(state.channels) hidden channels")
        }
        let shape = form == .layer ? [map.height, map.width, map.channels] : [map.channels]
        scale = layout.append("\(layer).normalization.scale", shape: shape, initialization: .constant(value: 1))
        shift = layout.append("\(layer).normalization.shift", shape: shape, initialization: .constant(value: 0))
    }

    func kernel<S: Scalar>(_ values: ParameterVector<S>) -> GroupNormalization<S> {
        GroupNormalization(channels: channels, scale: values[scale], shift: values[shift])
    }
}

/// The values that the normalization of each time step keeps for backward.
struct UnrolledGateNormalizer<S: Scalar> {
    private let slots: GateNormalizer

    /// The normalized preactivations: (steps in memory, batch, height, width, 4 hidden).
    private let normalized: Tensor<S>

    /// The inverse standard deviations: (steps in memory, batch, groups).
    private let inverseDeviations: Tensor<S>

    /// The gradients, accumulated over steps, in the shape of scale and shift.
    private let scaleGradient, shiftGradient: Tensor<S>

    init(_ slots: GateNormalizer, steps: Int, batch: Int) {
        let map = slots.map
        self.slots = slots
        normalized = Tensor(steps, batch, map.height, map.width, map.channels)
        inverseDeviations = Tensor(steps, batch, map.channels / slots.channels)
        scaleGradient = Tensor(shape: slots.scale.shape)
        shiftGradient = Tensor(shape: slots.shift.shape)
    }

    /// Normalizes the preactivations of step t for some images, then computes the gates.
    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>, by kernel: GroupNormalization<S>) {
        kernel.forward(
            step, normalized: normalized[cyclic: t][images], inverseDeviations: inverseDeviations[cyclic: t][images])
    }

    func clearGradients() {
        scaleGradient.fill(0)
        shiftGradient.fill(0)
    }

    /// Computes the backward pass of step t for some images.
    func backward(_ t: Int, images: Range<Int>, step: GateStepBackward<S>, by kernel: GroupNormalization<S>) {
        kernel.backward(
            step, normalized: normalized[cyclic: t][images], inverseDeviations: inverseDeviations[cyclic: t][images],
            scaleGradient: scaleGradient, shiftGradient: shiftGradient)
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        add(scaleGradient, accumulatingInto: gradient[slots.scale])
        add(shiftGradient, accumulatingInto: gradient[slots.shift])
    }
}
