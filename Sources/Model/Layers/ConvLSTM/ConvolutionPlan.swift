// The choice of algorithm for the convolutions of a ConvLSTM layer. It minimizes the modeled cost, which depends on the
// layer's shape alone, so that every rank decides the same, whatever its share of the batch and the load of its
// machine.

import Kernels

/// The sizes of a layer's convolutions over its input and its hidden state.
package struct GateConvolutionShape: Sendable, Equatable {
    /// The size of the feature maps.
    package let height, width: Int

    /// The side of the square kernels.
    package let kernel: Int

    /// The number of input channels; 0 if the input is not convolved.
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

    /// The number of output channels: those of the four gates.
    var gates: Int { 4 * hidden }

    /// The number of input channels of each convolution.
    var operands: [Int] { [inputChannels, isRecurrent ? hidden : 0].filter { $0 > 0 } }

    /// The multiply-adds of the forward pass of one feature map, as direct convolution counts them.
    package var multiplyAdds: Int { pixels * kernel * kernel * operands.reduce(0, +) * gates }

    /// The Winograd tiles; nil for a kernel size without Winograd transforms.
    var tiling: WinogradGeometry? { WinogradGeometry(height: height, width: width, kernel: kernel) }
}

/// The expected cost of a layer's convolutions with each algorithm, and the algorithm chosen.
package struct ConvolutionPlan: Sendable, Equatable {
    package let shape: GateConvolutionShape

    package let im2col: ConvolutionCost

    /// nil for a kernel size without Winograd transforms.
    package let winograd: ConvolutionCost?

    /// The chosen algorithm, `im2col` or `winograd`.
    package let algorithm: ConvolutionAlgorithm

    /// - Parameter method: `automatic` for the cheaper algorithm; else the algorithm to use, if the kernel size allows
    ///   it.
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

    /// The Winograd tiles; nil if the plan chose im2col.
    var tiling: WinogradGeometry? { algorithm == .winograd ? shape.tiling : nil }

    /// The multiply-adds of one feature map in a training step, forward and both adjoints, as direct convolution counts
    /// them.
    package var directMultiplyAdds: Int { 3 * shape.multiplyAdds }
}
