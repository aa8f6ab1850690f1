// The elementwise part of a ConvLSTM step, forward and backward, over many calls. The choice: each call has arrays of
// its own that together far exceed the caches, so that the counted bytes are read from and written to memory.

import Kernels

/// The gates of one layer at one time step of a batch, repeated over several calls.
public struct GateWorkload: Sendable {
    private let name: String
    private let images, side, hidden: Int
    private let activation: GateActivation
    private let hasPeepholes: Bool

    public static let all = [
        GateWorkload(
            name: "neural-scene 128", images: 8, side: 16, hidden: 128, activation: .logistic, hasPeepholes: true),
        GateWorkload(
            name: "hard sigmoid 128", images: 8, side: 16, hidden: 128, activation: .hardSigmoid, hasPeepholes: true),
        GateWorkload(
            name: "keras-stack 40", images: 10, side: 40, hidden: 40, activation: .hardSigmoid, hasPeepholes: false),
    ]

    /// The forward and the backward workload, separately.
    var workloads: [Workload] { [forward, backward] }

    public var forward: Workload {
        Workload("gates forward, \(name)", .bytes) {
            let calls = self.calls
            return PreparedWorkload(reading: calls.flatMap(\.readForward), writing: calls.flatMap(\.writtenForward)) {
                for call in calls { call.forward.forward() }
            }
        }
    }

    public var backward: Workload {
        Workload("gates backward, \(name)", .bytes) {
            let calls = self.calls
            return PreparedWorkload(
                reading: calls.flatMap(\.readBackward), writing: calls.flatMap(\.writtenBackward),
                restore: { for call in calls { call.forward.forward() } },
                run: { for call in calls { call.backward.backward() } })
        }
    }

    /// Forward and backward. Backward visits the calls in the order of forward, so that it finds nothing in the caches.
    public var bothWays: Workload {
        Workload("gates both ways, \(name)", .bytes) {
            let calls = self.calls
            return PreparedWorkload(
                reading: calls.flatMap { $0.readForward + $0.readBackward },
                writing: calls.flatMap { $0.writtenForward + $0.writtenBackward }
            ) {
                for call in calls { call.forward.forward() }
                for call in calls { call.backward.backward() }
            }
        }
    }

    private var calls: [GateCall] {
        let places = side * side * hidden, bias = noise(4 * hidden)
        func peepholes() -> Peepholes<Float>? {
            guard hasPeepholes else { return nil }
            func map() -> Tensor<Float> { noise(places).reshaped(side, side, hidden) }
            return Peepholes(i: map(), f: map(), o: map())
        }
        let (weights, gradients) = (peepholes(), peepholes())
        return GateCall.many(
            shape: [images, side, side, hidden], bias: bias, activation: activation, peepholes: weights,
            peepholeGradients: gradients)
    }
}

/// One step with arrays of its own. Bias, peephole weights and their gradients are shared by all calls; they stay in
/// the caches and are not counted.
struct GateCall {
    let forward: GateStep<Float>
    let backward: GateStepBackward<Float>

    /// The preactivations, then, if they are not normalized, the gates, then their gradient: (images, height, width,
    /// 4 hidden).
    let gates: Tensor<Float>

    /// The states c', c and h, the gradient dh, and dc, which becomes dc'.
    let previousCell, cell, hidden, hiddenGradient, cellGradient: Tensor<Float>

    var readForward: [Tensor<Float>] { [gates, previousCell] }
    var writtenForward: [Tensor<Float>] { [gates, cell, hidden] }
    var readBackward: [Tensor<Float>] { [gates, previousCell, cell, hiddenGradient, cellGradient] }
    var writtenBackward: [Tensor<Float>] { [gates, cellGradient] }

    /// Returns as many calls as take 256 MB.
    static func many(
        shape: [Int], bias: Tensor<Float>, activation: GateActivation, peepholes: Peepholes<Float>? = nil,
        peepholeGradients: Peepholes<Float>? = nil
    ) -> [GateCall] {
        let bytes = 9 * 4 * shape.reduce(1, *)
        return (0...(256 << 20) / bytes).map { _ in
            GateCall(
                shape: shape, bias: bias, activation: activation, peepholes: peepholes,
                peepholeGradients: peepholeGradients)
        }
    }

    private init(
        shape: [Int], bias: Tensor<Float>, activation: GateActivation, peepholes: Peepholes<Float>?,
        peepholeGradients: Peepholes<Float>?
    ) {
        func map(_ channels: Int) -> Tensor<Float> { noise(shape[0], shape[1], shape[2], channels) }
        gates = map(4 * shape[3])
        (previousCell, cell, hidden) = (map(shape[3]), map(shape[3]), map(shape[3]))
        (hiddenGradient, cellGradient) = (map(shape[3]), map(shape[3]))
        forward = GateStep(
            gates: gates, bias: bias, activation: activation, peepholes: peepholes, previousCell: previousCell,
            cell: cell, hidden: hidden)
        backward = GateStepBackward(
            gates: gates, activation: activation, peepholes: peepholes, peepholeGradients: peepholeGradients,
            previousCell: previousCell, cell: cell, hiddenGradient: hiddenGradient, cellGradient: cellGradient)
    }
}
