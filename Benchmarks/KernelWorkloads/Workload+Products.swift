// The products in the Winograd domain, over the input and the hidden state together:
//
//     M = V_x U_x + V_h U_h        dV = dM U'        dU += V' dM

import Kernels

extension Workload {
    public static let products = GateConvolutionShape.all.flatMap {
        [forward($0), inputGradient($0), weightGradient($0)]
    }

    /// Panel by panel, each into the same memory, as a time step of the gates computes them.
    private static func forward(_ shape: GateConvolutionShape) -> Workload {
        Workload("product V U, \(shape.name)", .operations) {
            let x = PointFactor(shape.transformed(shape.input), shape.weights(shape.input, shape.gates))
            let h = PointFactor(shape.transformed(shape.hidden), shape.weights(shape.hidden, shape.gates))
            let memory = WinogradWorkspace<Float>()
            let panels = stride(from: 0, to: shape.gates, by: 64).map { first in
                memory.maps(.product, shape.geometry, images: shape.images, channels: min(64, shape.gates - first))
            }
            return PreparedWorkload(operations: shape.operations, results: { [outputs(panels.last!)] }) {
                for (panel, m) in panels.enumerated() {
                    multiplyForward(x, h, from: 64 * panel, into: m, images: shape.images)
                }
            }
        }
    }

    private static func inputGradient(_ shape: GateConvolutionShape) -> Workload {
        Workload("product dM U', \(shape.name)", .operations) {
            let dm = shape.transformed(shape.gates), channels = shape.hidden + shape.input, dv = shape.maps(channels)
            let factor = PointFactor(dm, shape.weights(shape.gates, channels))
            let product = InputProduct(factor, images: shape.images, into: dv)
            return PreparedWorkload(operations: shape.operations, results: { [outputs(dv)] }) {
                multiplyBackward(product, nil)
            }
        }
    }

    private static func weightGradient(_ shape: GateConvolutionShape) -> Workload {
        Workload("product V' dM, \(shape.name)", .operations) {
            let dm = shape.transformed(shape.gates)
            let du = [shape.input, shape.hidden].map(shape.gradient)
            let factors = du.map { WeightProducts.Factor(shape.transformed($0.rows), accumulatingInto: $0) }
            let products = WeightProducts(factors, dm, images: shape.images)
            return PreparedWorkload(operations: shape.operations, results: { du.map(weights) }) {
                multiplyBackward(nil, products)
            }
        }
    }

    private static func outputs(_ m: TransformedMaps<Float>) -> Tensor<Float> {
        let z = Tensor<Float>(m.images, m.geometry.height, m.geometry.width, m.channels)
        m.transformOutput(accumulatingInto: z)
        return z
    }

    private static func weights(_ du: TransformedGradient<Float>) -> Tensor<Float> {
        let dw = Tensor<Float>(du.geometry.kernel * du.geometry.kernel * du.rows, du.columns)
        du.transformBack(accumulatingInto: dw)
        return dw
    }
}
