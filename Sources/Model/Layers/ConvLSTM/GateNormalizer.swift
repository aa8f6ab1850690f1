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

/// What the normalization of the time steps in memory keeps for backward, next to the preactivations.
struct UnrolledGateNormalizer<S: Scalar> {
    private let slots: GateNormalizer

    /// The means and the inverse standard deviations: (1, 1, groups) each.
    private let means, inverseDeviations: StepMemory<S>

    private let training: Training?

    private struct Training {
        /// The gradients, accumulated over steps, in the shape of scale and shift.
        let scale, shift: Tensor<S>

        /// For one image: (height, width, 4 hidden).
        let scratch: Tensor<S>
    }

    init(_ slots: GateNormalizer, steps: Int, images: Int, for use: NetworkUse) {
        let map = slots.map, groups = FeatureShape(height: 1, width: 1, channels: map.channels / slots.channels)
        self.slots = slots
        means = StepMemory(steps: steps, images: images, groups)
        inverseDeviations = StepMemory(steps: steps, images: images, groups)
        training =
            use == .training
            ? Training(
                scale: Tensor(shape: slots.scale.shape), shift: Tensor(shape: slots.shift.shape),
                scratch: Tensor(map.height, map.width, map.channels)) : nil
    }

    private func moments(_ t: Int, images: Range<Int>) -> GroupMoments<S> {
        GroupMoments(mean: means.step(t, images: images), inverseDeviation: inverseDeviations.step(t, images: images))
    }

    /// Normalizes the preactivations of step t for some images and computes the states.
    func forward(_ t: Int, images: Range<Int>, step: GateStep<S>, by kernel: GroupNormalization<S>) {
        kernel.forward(step, moments: moments(t, images: images))
    }

    func clearGradients() {
        training.ofTraining.scale.fill(0)
        training.ofTraining.shift.fill(0)
    }

    /// Returns the backward pass of step t for some images.
    func backward(
        _ t: Int, images: Range<Int>, step: GateStepBackward<S>, by kernel: GroupNormalization<S>
    ) -> NormalizedStepBackward<S> {
        let training = training.ofTraining
        return NormalizedStepBackward(
            step, kernel, moments: moments(t, images: images), scratch: training.scratch, scaleGradient: training.scale,
            shiftGradient: training.shift)
    }

    func addParameterGradients(to gradient: ParameterVector<S>) {
        add(training.ofTraining.scale, accumulatingInto: gradient[slots.scale])
        add(training.ofTraining.shift, accumulatingInto: gradient[slots.shift])
    }
}
