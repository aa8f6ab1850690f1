// Which way the convolutions of a ConvLSTM layer take. The choice: by modelled cost, from the layer's shape alone, so
// that every rank decides the same, whatever its share of the batch and however busy its machine.

import Kernels

/// The sizes of a layer's convolutions over its input and its hidden state.
package struct GateConvolutionShape: Sendable, Equatable {
    /// Of the feature maps.
    package let height, width: Int

    /// Side of the kernels.
    package let kernel: Int

    /// Of the input; 0 where nothing is computed of it.
    package let inputChannels: Int

    package let hidden: Int

    /// Whether the hidden state is convolved too.
    package let isRecurrent: Bool

    package init(
        height: Int, width: Int, kernel: Int, inputChannels: Int, hidden: Int, isRecurrent: Bool = true
    ) {
        (self.height, self.width, self.kernel) = (height, width, kernel)
        (self.inputChannels, self.hidden, self.isRecurrent) = (inputChannels, hidden, isRecurrent)
    }

    var pixels: Int { height * width }

    /// Output channels: those of the four gates.
    var gates: Int { 4 * hidden }

    /// The channels of each convolution.
    var operands: [Int] { [inputChannels, isRecurrent ? hidden : 0].filter { $0 > 0 } }

    /// Multiply-adds of one map, forward, as direct convolution counts them.
    package var multiplyAdds: Int { pixels * kernel * kernel * operands.reduce(0, +) * gates }

    /// The tiles of Winograd convolution; nil where there is no algorithm for the kernel.
    var tiling: WinogradGeometry? { WinogradGeometry(height: height, width: width, kernel: kernel) }
}

/// What a layer's convolutions are expected to cost either way, and the way that they take.
package struct ConvolutionPlan: Sendable, Equatable {
    package let shape: GateConvolutionShape

    package let im2col: ConvolutionCost

    /// nil where there is no algorithm for the kernel.
    package let winograd: ConvolutionCost?

    /// `plain` or `filtering`.
    package let algorithm: ConvolutionAlgorithm

    /// - Parameter method: `automatic` for the cheaper way; else the way wanted, as far as it exists.
    package init(_ shape: GateConvolutionShape, _ method: ConvolutionAlgorithm = .automatic) {
        let im2col = ConvolutionCost(lowering: shape)
        let winograd = shape.tiling.map { ConvolutionCost(winograd: shape, $0) }
        let pays = winograd.map { $0.seconds < im2col.seconds } ?? false
        (self.shape, self.im2col, self.winograd) = (shape, im2col, winograd)
        algorithm =
            switch method {
            case .automatic: pays ? .winograd : .im2col
            case .im2col: .im2col
            case .winograd: winograd == nil ? .im2col : .winograd
            }
    }

    /// The tiles of the way taken; nil for the plain one.
    var tiling: WinogradGeometry? { algorithm == .winograd ? shape.tiling : nil }

    /// Multiply-adds of one map in a training step, as direct convolution counts them: forward and both adjoints.
    package var directMultiplyAdds: Int { 3 * shape.multiplyAdds }
}
