// One update of as many parameters as neural-scene has, with both kinds of clipping: by value, and by the factor for
// the global norm.

import Kernels

extension Workload {
    static let updates = [norm, adam, rmsProp, adadelta, momentum]

    private static let count = 8_386_576
    private static let clip = GradientClip(limit: 0.5, factor: 0.25)

    /// The sum of squares from which the clipping factor is computed.
    private static let norm = Workload("gradient norm", .bytes) {
        let g = noise(count), sum = Tensor<Float>(1)
        return PreparedWorkload(reading: [g], writing: [], results: { [sum] }) {
            sum.fill(Float(sumOfSquares(g, within: clip.limit)))
        }
    }

    private static let adam = Workload("update, Adam", .bytes) {
        let p = noise(count), g = noise(count), m = Tensor<Float>(count), v = Tensor<Float>(count)
        return PreparedWorkload(reading: [p, g, m, v], writing: [p, m, v]) {
            moveByAdam(
                p, along: g, clip, m: m, v: v, rate: 1e-3, beta1: 0.9, beta2: 0.999, correction: 1, epsilon: 1e-8,
                weightDecay: 0, keep: 1)
        }
    }

    private static let rmsProp = Workload("update, RMSprop", .bytes) {
        let p = noise(count), g = noise(count), a = Tensor<Float>(count)
        return PreparedWorkload(reading: [p, g, a], writing: [p, a]) {
            moveByRMSProp(p, along: g, clip, a: a, rate: 1e-3, rho: 0.9, epsilon: 1e-8)
        }
    }

    private static let adadelta = Workload("update, Adadelta", .bytes) {
        let p = noise(count), g = noise(count), a = Tensor<Float>(count), d = Tensor<Float>(count)
        return PreparedWorkload(reading: [p, g, a, d], writing: [p, a, d]) {
            moveByAdadelta(p, along: g, clip, a: a, d: d, rate: 1, rho: 0.95, epsilon: 1e-7)
        }
    }

    private static let momentum = Workload("update, momentum", .bytes) {
        let p = noise(count), g = noise(count), b = Tensor<Float>(count)
        return PreparedWorkload(reading: [p, g, b], writing: [p, b]) {
            moveDownhill(p, along: g, clip, b: b, rate: 1e-3, momentum: 0.9, nesterov: false, weightDecay: 0)
        }
    }
}
