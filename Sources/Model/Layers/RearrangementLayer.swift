// A permutation of the elements of each feature map: a frame cut into patches, and the inverse. The choice: a table
// says where each output element comes from; forward gathers and backward scatters with it.

import Kernels

final class RearrangementLayer<S: Scalar>: Layer {
    let outputShape: FeatureShape

    /// The index in the input map of each element of an output map.
    let table: [Int32]

    private init(_ outputShape: FeatureShape, table: [Int32]) {
        self.outputShape = outputShape
        self.table = table
    }

    func unrolled(
        input: FeatureSequence<S>, output: FeatureSequence<S>, context: UnrollingContext<S>
    ) -> any UnrolledLayer<S> {
        UnrolledRearrangement(table, input: input, output: output)
    }

    /// Creates the layer that cuts a frame into patches: (H, W, C) to (H / size, W / size, size x size x C).
    static func spaceToDepth(
        _ name: String, _ d: RearrangementDescription, input: FeatureShape
    ) throws(ModelError)
        -> RearrangementLayer
    {
        guard d.size > 0, input.height % d.size == 0, input.width % d.size == 0 else {
            throw ModelError("layer \(name): frames of \(input) cannot be cut into patches of \(d.size) x \(d.size)")
        }
        let output = FeatureShape(
            height: input.height / d.size, width: input.width / d.size, channels: input.channels * d.size * d.size)
        return RearrangementLayer(output, table: d.table(frame: input))
    }

    /// Creates the inverse of `spaceToDepth`.
    static func depthToSpace(
        _ name: String, _ d: RearrangementDescription, input: FeatureShape
    ) throws(ModelError)
        -> RearrangementLayer
    {
        guard d.size > 0, input.channels % (d.size * d.size) == 0 else {
            throw ModelError(
                "layer \(name): \(input.channels) channels do not make patches of \(d.size) x \(d.size)")
        }
        let output = FeatureShape(
            height: input.height * d.size, width: input.width * d.size, channels: input.channels / (d.size * d.size))
        let forward = d.table(frame: output)
        var inverse = [Int32](repeating: 0, count: forward.count)
        for (place, source) in forward.enumerated() { inverse[Int(source)] = Int32(place) }
        return RearrangementLayer(output, table: inverse)
    }
}

extension RearrangementDescription {
    /// Returns the index in the frame of each element of its patches.
    fileprivate func table(frame: FeatureShape) -> [Int32] {
        guard order == .blocks else { return (0..<Int32(frame.count)).map { $0 } }
        var table: [Int32] = []
        table.reserveCapacity(frame.count)
        for y in 0..<frame.height / size {
            for x in 0..<frame.width / size {
                for dy in 0..<size {
                    let row = (y * size + dy) * frame.width + x * size
                    table += (row * frame.channels..<(row + size) * frame.channels).map { Int32($0) }
                }
            }
        }
        return table
    }
}

final class UnrolledRearrangement<S: Scalar>: UnrolledLayer {
    private let table: [Int32]
    private let input, output: FeatureSequence<S>

    init(_ table: [Int32], input: FeatureSequence<S>, output: FeatureSequence<S>) {
        self.table = table
        self.input = input
        self.output = output
    }

    func forward(_ steps: Range<Int>) {
        rearrange(input.values[steps], by: table, into: output.values[steps])
    }

    func backward(_ steps: Range<Int>) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        rearrangeBackward(dy[steps], by: table, accumulatingInto: dx[steps])
    }
}
