// The parameters of every convolution layer, ordinary, transposed or over time: a kernel, and an optional bias per
// filter. The limits on their sizes are here too, so that no description leads to an integer overflow.

import Kernels

/// The kernel and bias of a convolution: their slots, and their values between two updates.
final class ConvolutionParameters<S: Scalar> {
    let kernelSlot: ParameterSlot
    let biasSlot: ParameterSlot?
    private(set) var kernel: Tensor<S>
    private(set) var bias: Tensor<S>?

    /// - Parameters:
    ///   - shape: the shape of the kernel; the fan in is the element count over all axes but the last.
    ///   - bias: the number of elements of the bias; nil for no bias.
    init(
        _ name: String, kernel shape: [Int], kernelInitialization: Initialization, bias: Int?,
        biasInitialization: Initialization, layout: inout ParameterLayout
    ) {
        let fanIn = shape.dropLast().reduce(1, *)
        kernelSlot = layout.append(
            "\(name).kernel", shape: shape, initialization: kernelInitialization.resolved(fanIn: fanIn))
        biasSlot = bias.map {
            layout.append("\(name).bias", shape: [$0], initialization: biasInitialization.resolved(fanIn: fanIn))
        }
        kernel = Tensor(shape: shape)
    }

    func prepare(_ values: ParameterVector<S>) {
        kernel = values[kernelSlot]
        bias = biasSlot.map { values[$0] }
    }

    /// Sets y to b at each pixel, or to zero. The convolution is then added to it.
    func start(_ y: Tensor<S>) {
        if let bias { repeatRow(bias, into: y) } else { y.fill(0) }
    }

    /// Accumulates the bias gradient: the sum of dy over steps, batch and pixels.
    func addBiasGradient(_ dy: Tensor<S>, to gradient: ParameterVector<S>) {
        if let biasSlot { sumRows(of: dy, accumulatingInto: gradient[biasSlot]) }
    }
}

/// The limits on the sizes of convolutions.
enum ConvolutionLimits {
    /// The allowed kernel sides and strides.
    static let extent = 1...255
    static let filters = 1...65_536

    static func check(_ name: String, kernel: Int, filters: Int) throws(ModelError) {
        guard extent.contains(kernel), Self.filters.contains(filters) else {
            throw ModelError(
                "layer \(name): kernel \(kernel) and \(filters) filters; choose a kernel of 1 to \(extent.upperBound) "
                    + "and 1 to \(Self.filters.upperBound) filters")
        }
    }
}

extension ConvolutionDescription {
    /// Returns the padding after checking that kernel, filters, stride and padding are consistent.
    func checkedPadding(_ name: String) throws(ModelError) -> Int {
        try ConvolutionLimits.check(name, kernel: kernel, filters: filters)
        guard ConvolutionLimits.extent.contains(stride) else {
            throw ModelError("layer \(name): stride \(stride); choose 1 to \(ConvolutionLimits.extent.upperBound)")
        }
        guard kernel % 2 == 1 || padding != nil else {
            throw ModelError(
                "layer \(name): kernel \(kernel) is even and has no middle; set the padding, "
                    + "or choose kernel \(kernel - 1) or \(kernel + 1)")
        }
        let padding = padding ?? kernel / 2
        guard (0..<kernel).contains(padding) else {
            throw ModelError("layer \(name): padding \(padding) of kernel \(kernel); choose 0 to \(kernel - 1)")
        }
        return padding
    }
}
