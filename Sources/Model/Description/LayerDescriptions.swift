// The layers without a state, as values.

/// A convolution of each step's feature map, plain or transposed.
package struct ConvolutionDescription: Codable, Sendable, Equatable {
    package var filters: Int

    /// Side of the square kernel.
    package var kernel: Int

    package var stride = 1

    /// Rows and columns of zeros around the map (of the output, for a transposed one); nil for kernel / 2.
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

/// A convolution over time, height and width; padding keeps all three sizes.
package struct Convolution3DDescription: Codable, Sendable, Equatable {
    package var filters: Int

    /// Side of the kernel in height and width, odd.
    package var kernel: Int

    /// Extent of the kernel in time, odd.
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

    /// Where the zeros are that keep the number of steps.
    package enum TimePadding: String, Codable, Sendable, CaseIterable {
        /// Half before and half after: a step sees features of later input frames, in next-frame training the target.
        case same
        /// All before: a step sees itself and the past.
        case causal
    }
}

/// Normalization of each channel over the global batch, time and space, with a learned scale and shift; forecasts use
/// moving averages of the statistics instead.
///
/// Source: Ioffe and Szegedy, ICML 2015; Keras' `BatchNormalization`.
package struct BatchNormalizationDescription: Codable, Sendable, Equatable {
    /// What the moving averages keep of themselves at each update.
    package var momentum = 0.99

    /// Added to the variance.
    package var epsilon = 1e-3

    package init(momentum: Double = 0.99, epsilon: Double = 1e-3) {
        (self.momentum, self.epsilon) = (momentum, epsilon)
    }
}

/// x for x > 0, else slope x.
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
        /// Channel (dy size + dx) C + c of place (y, x) is pixel (y size + dy, x size + dx), channel c.
        case blocks
        /// The numbers as they lie in memory, cut anew: neural-scene's choice, in which a place is a run of pixels.
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
