// The normalization of a ConvLSTM's preactivations: its tensors, and what unrolled steps keep for backward. Its
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

/// The values that the normalization of the time steps in memory keeps for backward.
struct UnrolledGateNormalizer<S: Scalar> {
    private let slots: GateNormalizer

    /// The normalized preactivations: (height, width, 4 hidden) each.
    private let normalized: StepMemory<S>

    /// The inverse standard deviations: (1, 1, groups) each.
    private let inverseDeviations: StepMemory<S>

    private let gradients: Gradients?

    /// The gradients, accumulated over steps, in the shape of scale and shift.
    private struct Gradients {
        let scale, shift: Tensor<S>
    }

    init(_ slots: GateNormalizer, steps: Int, images: Int, for use: NetworkUse) {
        let map = slots.map, groups = map.channels / slots.channels
        self.slots = slots
        normalized = StepMemory(steps: steps, images: images, map)
        inverseDeviations = StepMemory(
            steps: steps, images: images, FeatureShape(height: 1, width: 1, channels: groups))
        gradients =
            use == .training
            ? Gradients(scale: Tensor(shape: slots.scale.shape), shift: Tensor(shape: slots.shift.shape)) : nil
    }

    /// Normalizes the preactivations of step t for some images, then computes the gates.
    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>, by kernel: GroupNormalization<S>) {
        kernel.forward(
            step, normalized: normalized.step(t, images: images),
            inverseDeviations: inverseDeviations.step(t, images: images))
    }

    func clearGradients() {
        gradients.ofTraining.scale.fill(0)
        gradients.ofTraining.shift.fill(0)
    }

    /// Computes the backward pass of step t for some images.
    func backward(_ t: Int, images: Range<Int>, step: GateStepBackward<S>, by kernel: GroupNormalization<S>) {
        kernel.backward(
            step, normalized: normalized.step(t, images: images),
            inverseDeviations: inverseDeviations.step(t, images: images),
            scaleGradient: gradients.ofTraining.scale, shiftGradient: gradients.ofTraining.shift)
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        add(gradients.ofTraining.scale, accumulatingInto: gradient[slots.scale])
        add(gradients.ofTraining.shift, accumulatingInto: gradient[slots.shift])
    }
}
