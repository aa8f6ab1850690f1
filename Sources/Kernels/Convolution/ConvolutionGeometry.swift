// The geometry of a 2D convolution.

/// The sizes of a convolution of feature maps (height, width, channels) with a square kernel.
package struct ConvolutionGeometry: Sendable, Equatable {
    package let height, width, channels: Int
    package let kernel, stride, padding: Int

    package init(height: Int, width: Int, channels: Int, kernel: Int, stride: Int = 1, padding: Int) {
        precondition(kernel > 0 && stride > 0 && padding >= 0 && padding < kernel)
        precondition(height + 2 * padding >= kernel && width + 2 * padding >= kernel)
        self.height = height
        self.width = width
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    package var outputHeight: Int { (height + 2 * padding - kernel) / stride + 1 }
    package var outputWidth: Int { (width + 2 * padding - kernel) / stride + 1 }
    package var outputPixels: Int { outputHeight * outputWidth }

    /// The number of input elements that one output pixel sees: kernel x kernel x channels.
    package var patch: Int { kernel * kernel * channels }
}
