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
                reading: steps.map(\.previousCell), writing: steps.flatMap { [$0.a, $0.cell, $0.hidden] },
                others: steps.count * columns.blocks * mapBytes(shape, channels: 64)
            ) {
                for step in steps {
                    for block in 0..<columns.blocks { m.preactivations(into: step.a, block: block) }
                    step.kernel.forward(step.forward, moments: step.moments)
                }
            }
        }
    }

    private static func backward(_ shape: GateConvolutionShape, group: Int) -> Workload {
        Workload("normalized gates backward, \(shape.name)", .bytes) {
            let steps = steps(shape, group: group), dm = shape.maps(shape.gates)
            let scratch = Tensor<Float>(shape.geometry.height, shape.geometry.width, shape.gates)
            let gradients = (0..<3).map { _ in Tensor<Float>(shape.gates) }
            for step in steps { step.kernel.forward(step.forward, moments: step.moments) }
            return PreparedWorkload(
                reading: steps.flatMap { [$0.a, $0.previousCell, $0.cell, $0.hiddenGradient, $0.cellGradient] },
                writing: steps.map(\.cellGradient), others: steps.count * mapBytes(shape, channels: shape.gates)
            ) {
                for step in steps {
                    let backward = NormalizedStepBackward(
                        step.backward, step.kernel, moments: step.moments, scratch: scratch,
                        scaleGradient: gradients[0], shiftGradient: gradients[1])
                    backward.backward(into: dm, at: 0, biasGradient: gradients[2])
                }
            }
        }
    }

    /// As many steps as take 256 MB.
    private static func steps(_ shape: GateConvolutionShape, group: Int) -> [NormalizedStep] {
        let bytes = 9 * 4 * shape.images * shape.geometry.height * shape.geometry.width * shape.hidden
        return (0...(256 << 20) / bytes).map { _ in NormalizedStep(shape, group: group) }
    }
}

/// One step with arrays of its own.
private struct NormalizedStep {
    let kernel: GroupNormalization<Float>
    let forward: GateStep<Float>
    let backward: GateStepBackward<Float>
    let moments: GroupMoments<Float>

    /// The preactivations: (images, height, width, 4 hidden).
    let a: Tensor<Float>

    /// The states c', c and h, and the gradients dh and dc.
    let previousCell, cell, hidden, hiddenGradient, cellGradient: Tensor<Float>

    init(_ shape: GateConvolutionShape, group: Int) {
        let groups = shape.images * shape.gates / group, n = shape.hidden
        kernel = GroupNormalization(channels: group, scale: noise(shape.gates), shift: noise(shape.gates))
        moments = GroupMoments(mean: Tensor(groups), inverseDeviation: Tensor(groups))
        a = shape.image(shape.gates)
        (previousCell, cell, hidden) = (shape.image(n), shape.image(n), shape.image(n))
        (hiddenGradient, cellGradient) = (shape.image(n), shape.image(n))
        forward = GateStep(
            gates: a, bias: Tensor(shape.gates), activation: .logistic, peepholes: nil, previousCell: previousCell,
            cell: cell, hidden: hidden)
        backward = GateStepBackward(
            gates: a, activation: .logistic, peepholes: nil, peepholeGradients: nil, previousCell: previousCell,
            cell: cell, hiddenGradient: hiddenGradient, cellGradient: cellGradient)
    }
}
