// The transforms to and from the Winograd domain, of the hidden state and its kernel. The byte counts include the
// padding of last vectors, which is written and read like the rest.

import Kernels

extension Workload {
    static let transforms = GateConvolutionShape.all.flatMap {
        [input($0), inputBackward($0), weights($0), weightGradient($0)]
    }

    /// The bytes of maps in the Winograd domain.
    static func mapBytes(_ shape: GateConvolutionShape, channels: Int) -> Int {
        4 * TransformedMaps<Float>.count(shape.geometry, images: shape.images, channels: channels)
    }

    private static func weightBytes(_ shape: GateConvolutionShape) -> Int {
        4 * TransformedGradient<Float>.count(shape.geometry, rows: shape.hidden, columns: shape.gates)
    }

    /// Transforms the hidden state, V = B' h B.
    private static func input(_ shape: GateConvolutionShape) -> Workload {
        Workload("input transform, \(shape.name)", .bytes) {
            let h = shape.image(shape.hidden), v = shape.maps(shape.hidden), z = shape.image(shape.hidden)
            func result() -> [Tensor<Float>] {
                z.fill(0)
                v.transformOutput(accumulatingInto: z)
                return [z]
            }
            let bytes = mapBytes(shape, channels: shape.hidden)
            return PreparedWorkload(reading: [h], writing: [], others: bytes, results: result) {
                v.transformInput(h)
            }
        }
    }

    /// The adjoint of the input transform, dh += B dV B'.
    private static func inputBackward(_ shape: GateConvolutionShape) -> Workload {
        Workload("input transform backward, \(shape.name)", .bytes) {
            let dh = shape.image(shape.hidden), dv = shape.transformed(shape.hidden)
            return PreparedWorkload(reading: [dh], writing: [dh], others: mapBytes(shape, channels: shape.hidden)) {
                dv.transformInputBackward(accumulatingInto: dh)
            }
        }
    }

    /// Transforms the kernel, U = G g G'.
    private static func weights(_ shape: GateConvolutionShape) -> Workload {
        Workload("weight transform, \(shape.name)", .bytes) {
            let g = shape.kernel(shape.hidden, shape.gates)
            let u = TransformedWeights<Float>(shape.geometry, rows: shape.hidden, columns: shape.gates)
            return PreparedWorkload(reading: [g], writing: [], others: weightBytes(shape)) {
                u.transform(g)
            }
        }
    }

    /// The adjoint of the weight transform, dg += G' dU G.
    private static func weightGradient(_ shape: GateConvolutionShape) -> Workload {
        Workload("weight transform backward, \(shape.name)", .bytes) {
            let dg = shape.kernel(shape.hidden, shape.gates), du = shape.gradient(shape.hidden)
            let factor = WeightProducts.Factor(shape.transformed(shape.hidden), accumulatingInto: du)
            multiplyBackward(nil, WeightProducts([factor], shape.transformed(shape.gates), images: shape.images))
            return PreparedWorkload(reading: [dg], writing: [dg], others: weightBytes(shape)) {
                du.transformBack(accumulatingInto: dg)
            }
        }
    }
}
