// The descriptions of the stateless layers.

/// A convolution of each time step's feature map, ordinary or transposed.
package struct ConvolutionDescription: Codable, Sendable, Equatable {
    package var filters: Int

    /// The side of the square kernel.
    package var kernel: Int

    package var stride = 1

    /// The rows and columns of zeros around the feature map (around the output for a transposed convolution); nil for
    /// kernel / 2.
    package var padding: Int?

    package var hasBias = true
    package var kernelInitialization = Initialization.glorotUniform
    package var biasInitialization = Initialization.constant(value: 0)

    package init(
        filters: Int, kernel: Int, stride: Int = 1, padding: Int? = nil, hasBias: Bool = true,
        kernelInitialization: Initialization = .glorotUniform,
        biasInitialization: Initialization = .constant(value: 0)
    ) {
        (self.filters, self.kernel, self.stride, self.padding) = (filters, kernel, stride, padding)
        (self.hasBias, self.kernelInitialization) = (hasBias, kernelInitialization)
        self.biasInitialization = biasInitialization
    }
}

/// A convolution over time, height and width; padding preserves all three.
package struct Convolution3DDescription: Codable, Sendable, Equatable {
    package var filters: Int

    /// The side of the kernel in height and width, which must be odd.
    package var kernel: Int

    /// The size of the kernel in time, which must be odd.
    package var kernelTime: Int

    package var timePadding = TimePadding.same
    package var hasBias = true
    package var kernelInitialization = Initialization.glorotUniform
    package var biasInitialization = Initialization.constant(value: 0)

    package init(
        filters: Int, kernel: Int, kernelTime: Int, timePadding: TimePadding = .same, hasBias: Bool = true,
        kernelInitialization: Initialization = .glorotUniform,
        biasInitialization: Initialization = .constant(value: 0)
    ) {
        (self.filters, self.kernel, self.kernelTime, self.timePadding) = (filters, kernel, kernelTime, timePadding)
        (self.hasBias, self.kernelInitialization) = (hasBias, kernelInitialization)
        self.biasInitialization = biasInitialization
    }

    /// The position of the zero steps that preserve the length of the sequence.
    package enum TimePadding: String, Codable, Sendable, CaseIterable {
        /// Half before and half after. A step sees features of later input frames; in next-frame training these are the
        /// target.
        case same
        /// All before. A step sees itself and the past.
        case causal
    }
}

/// A normalization of each channel over the global batch, time and space, with a learned scale and shift. Forecasts use
/// moving averages of the statistics instead.
///
/// Source: Ioffe and Szegedy, ICML 2015; Keras' `BatchNormalization`.
package struct BatchNormalizationDescription: Codable, Sendable, Equatable {
    /// The weight of the old moving average in each update.
    package var momentum = 0.99

    /// The constant that is added to the variance.
    package var epsilon = 1e-3

    package init(momentum: Double = 0.99, epsilon: Double = 1e-3) {
        (self.momentum, self.epsilon) = (momentum, epsilon)
    }
}

/// The leaky ReLU: x for x > 0, else slope x.
package struct LeakyReLUDescription: Codable, Sendable, Equatable {
    package var slope: Double

    package init(slope: Double) { self.slope = slope }
}

/// A rearrangement of frames into smaller feature maps with more channels.
package struct RearrangementDescription: Codable, Sendable, Equatable {
    /// The side of a patch: a frame (H, W, C) becomes (H / size, W / size, size x size x C).
    package var size: Int
    package var order: Order

    package init(size: Int, order: Order = .blocks) {
        (self.size, self.order) = (size, order)
    }

    package enum Order: String, Codable, Sendable, CaseIterable {
        /// Channel (dy size + dx) C + c of pixel (y, x) is channel c of the frame's pixel (y size + dy, x size + dx).
        case blocks
        /// The elements in memory order, reshaped: neural-scene's choice, in which an output pixel is a run of input
        /// pixels.
        case reshape
    }
}

extension RearrangementDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            size: try values.decode(Int.self, forKey: .size), order: try values.decode(.order, or: .blocks))
    }
}

extension ConvolutionDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            filters: try values.decode(Int.self, forKey: .filters), kernel: try values.decode(Int.self, forKey: .kernel)
        )
        stride = try values.decode(.stride, or: stride)
        padding = try values.decodeIfPresent(Int.self, forKey: .padding)
        hasBias = try values.decode(.hasBias, or: hasBias)
        kernelInitialization = try values.decode(.kernelInitialization, or: kernelInitialization)
        biasInitialization = try values.decode(.biasInitialization, or: biasInitialization)
    }
}

extension Convolution3DDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            filters: try values.decode(Int.self, forKey: .filters),
            kernel: try values.decode(Int.self, forKey: .kernel),
            kernelTime: try values.decode(Int.self, forKey: .kernelTime))
        timePadding = try values.decode(.timePadding, or: timePadding)
        hasBias = try values.decode(.hasBias, or: hasBias)
        kernelInitialization = try values.decode(.kernelInitialization, or: kernelInitialization)
        biasInitialization = try values.decode(.biasInitialization, or: biasInitialization)
    }
}

extension BatchNormalizationDescription {
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        momentum = try values.decode(.momentum, or: momentum)
        epsilon = try values.decode(.epsilon, or: epsilon)
    }
}
