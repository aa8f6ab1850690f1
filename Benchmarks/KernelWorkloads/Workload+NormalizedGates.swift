// A ConvLSTM step whose preactivations are normalized, between its products: from M to the states, and from their
// gradient to dM. Each step has arrays of its own that together far exceed the caches, as in a sequence.

import Kernels

extension Workload {
    static let normalizedGates = [
        forward(GateConvolutionShape.normalized, group: 32), backward(GateConvolutionShape.normalized, group: 32),
    ]

    private static func forward(_ shape: GateConvolutionShape, group: Int) -> Workload {
        Workload("normalized gates forward, \(shape.name)", .bytes) {
            let steps = steps(shape, group: group), m = shape.transformed(64)
            let columns = GateColumns(hidden: shape.hidden)
            return PreparedWorkload(
                reading: steps.map(\.call.previousCell), writing: steps.flatMap(\.call.writtenForward),
                others: steps.count * columns.blocks * mapBytes(shape, channels: 64)
            ) {
                for step in steps {
                    for block in 0..<columns.blocks { m.preactivations(into: step.call.gates, block: block) }
                    step.forward()
                }
            }
        }
    }

    private static func backward(_ shape: GateConvolutionShape, group: Int) -> Workload {
        Workload("normalized gates backward, \(shape.name)", .bytes) {
            let steps = steps(shape, group: group), dm = shape.maps(shape.gates)
            let scratch = Tensor<Float>(shape.geometry.height, shape.geometry.width, shape.gates)
            let gradients = (0..<3).map { _ in Tensor<Float>(shape.gates) }
            for step in steps { step.forward() }
            return PreparedWorkload(
                reading: steps.flatMap(\.call.readBackward), writing: steps.map(\.call.cellGradient),
                others: steps.count * mapBytes(shape, channels: shape.gates)
            ) {
                for step in steps {
                    let backward = NormalizedStepBackward(
                        step.call.backward, step.kernel, moments: step.moments, scratch: scratch,
                        scaleGradient: gradients[0], shiftGradient: gradients[1])
                    backward.backward(into: dm, at: 0, biasGradient: gradients[2])
                }
            }
        }
    }

    private static func steps(_ shape: GateConvolutionShape, group: Int) -> [NormalizedStep] {
        let kernel = GroupNormalization(channels: group, scale: noise(shape.gates), shift: noise(shape.gates))
        let groups = shape.images * shape.gates / group
        return GateCall.many(
            shape: shape.image(shape.hidden).shape, bias: Tensor(shape.gates), activation: .logistic
        ).map {
            NormalizedStep(
                call: $0, kernel: kernel, moments: GroupMoments(mean: Tensor(groups), inverseDeviation: Tensor(groups)))
        }
    }
}

/// One step with arrays of its own, whose gates are preactivations.
private struct NormalizedStep {
    let call: GateCall
    let kernel: GroupNormalization<Float>
    let moments: GroupMoments<Float>

    func forward() { kernel.forward(call.forward, moments: moments) }
}
