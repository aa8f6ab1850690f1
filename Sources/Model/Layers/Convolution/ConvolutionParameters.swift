// What every convolution layer learns, plain, transposed or over time: a kernel, and a bias for each filter unless it
// has none. Here too are the limits of their sizes, so that no description asks for numbers that overflow.

import Kernels

/// The kernel and the bias of a convolution: their slots, and their values between two updates.
struct ConvolutionParameters<S: Scalar> {
    let kernelSlot: ParameterSlot
    let biasSlot: ParameterSlot?
    private(set) var kernel: Tensor<S>
    private(set) var bias: Tensor<S>?

    /// - Parameters:
    ///   - shape: of the kernel; the fan in is the count over all axes but the last.
    ///   - bias: how many numbers the bias has; nil for no bias.
    init(
        _ name: String, kernel shape: [Int], _ kernelInitialization: Initialization, bias: Int?,
        _ biasInitialization: Initialization, layout: inout ParameterLayout
    ) {
        let fanIn = shape.dropLast().reduce(1, *)
        kernelSlot = layout.append("\(name).kernel", shape, kernelInitialization.resolved(fanIn: fanIn))
        biasSlot = bias.map { layout.append("\(name).bias", [$0], biasInitialization.resolved(fanIn: fanIn)) }
        kernel = Tensor(shape: shape)
    }

    mutating func prepare(_ values: ParameterVector<S>) {
        kernel = values[kernelSlot]
        bias = biasSlot.map { values[$0] }
    }

    /// y := b at each place, or zeros: what a convolution then adds to.
    func start(_ y: Tensor<S>) {
        if let bias { repeatRow(bias, into: y) } else { y.fill(0) }
    }

    /// db += the sum of dy over steps, batch and places.
    func addBiasGradient(_ dy: Tensor<S>, to gradient: ParameterVector<S>) {
        if let biasSlot { sumRows(of: dy, accumulatingInto: gradient[biasSlot]) }
    }
}

/// The sizes that convolutions may have.
enum ConvolutionLimits {
    /// Of a kernel's sides and of strides.
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
    /// The padding, once kernel, filters, stride and padding are known to go together.
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
