// The training loss and its gradient: an error per pixel, and a reduction of the errors of a batch to one value.
//
// The loss of a global batch is a sum over all its pixels times one scale. The choice: each rank computes the sum
// over its own sequences, and the sum over ranks is the loss of the global batch, however the sequences are
// distributed. A pixel whose truth is missing is NaN in the target: it is in no sum, and its gradient is 0.

import Foundation
import Kernels

/// A training loss: an error, its weight, and the reduction.
package struct Loss: Codable, Sendable, Equatable {
    package var error: PixelError
    package var reduction: Reduction

    /// The weight of a pixel as a function of its truth; nil for 1, or that of HKO-7 if the error is `balanced`.
    package var weights: LossWeights?

    package init(error: PixelError, reduction: Reduction = .mean, weights: LossWeights? = nil) {
        (self.error, self.reduction, self.weights) = (error, reduction, weights)
    }

    /// The error of a prediction p of a target y.
    package enum PixelError: String, Codable, Sendable, CaseIterable {
        /// The squared error, (p - y)^2.
        case squared

        /// The absolute error, |p - y|; its derivative is 0 where both are equal, as in PyTorch.
        case absolute

        /// The binary cross entropy, -(y log p + (1 - y) log(1 - p)), with p clipped to [1e-7, 1 - 1e-7].
        ///
        /// Source: Keras' `binary_crossentropy`.
        case crossEntropy

        /// The squared and the absolute error, (p - y)^2 + |p - y|, of which heavy rain has a larger weight.
        ///
        /// Source: Shi et al., "Deep Learning for Precipitation Nowcasting", NIPS 2017, B-MSE + B-MAE.
        case balanced
    }

    /// The reduction of the errors of a batch. A sum is over the pixels that are not missing, and so is the mean.
    package enum Reduction: String, Codable, Sendable, CaseIterable {
        /// The mean over all pixels.
        case mean

        /// Half the sum over all elements of all sequences; it is reported per sequence.
        ///
        /// Source: with squared errors this is TensorFlow's `l2_loss`, as neural-scene trains with it.
        case halvedSum = "sum/2"

        /// The sum over the output frames of each frame's mean; it is reported as the mean over frames. Where pixels are
        /// missing it is the number of frames times the mean over all pixels.
        ///
        /// Source: the training loop of the Keras encoder-decoder, which adds the losses of its frames.
        case sumOfFrameMeans

        /// Each frame's sum over its pixels, averaged over frames and sequences: the usual loss reported for Moving
        /// MNIST.
        case frameSum
    }
}

extension Loss {
    package static let meanSquaredError = Loss(error: .squared)
    package static let binaryCrossEntropy = Loss(error: .crossEntropy)
    package static let halvedSumOfSquares = Loss(error: .squared, reduction: .halvedSum)

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        error = try values.decode(PixelError.self, forKey: .error)
        reduction = try values.decode(.reduction, or: .mean)
        weights = try values.decodeIfPresent(LossWeights.self, forKey: .weights)
    }
}

extension Loss {
    /// Returns the factor that the sum of a batch's errors is multiplied by when the gradient is taken.
    ///
    /// - Parameters:
    ///   - sequences: the number of sequences in the global batch.
    ///   - frames: the number of output frames of one sequence.
    ///   - elements: the number of elements of one sequence's output, all frames together.
    package func scale(sequences: Int, frames: Int, elements: Int) -> Double {
        switch reduction {
        case .mean: 1 / (Double(sequences) * Double(elements))
        case .halvedSum: 0.5
        case .sumOfFrameMeans: Double(frames) / (Double(sequences) * Double(elements))
        case .frameSum: 1 / (Double(sequences) * Double(frames))
        }
    }

    /// Returns the value to report for a loss of `sequences` sequences with `frames` output frames each.
    package func reported(_ loss: Double, sequences: Int, frames: Int) -> Double {
        switch reduction {
        case .mean, .frameSum: loss
        case .halvedSum: loss / Double(sequences)
        case .sumOfFrameMeans: loss / Double(frames)
        }
    }

    /// Returns the factor by which loss and gradient of a global batch grow because some of its pixels are missing.
    ///
    /// A mean divides by the pixels that are there: sum(m e) / sum(m), with m = 0 for a missing pixel. `scale` divides
    /// by all of them, which every rank knows in advance; this factor makes up for it once the ranks have added
    /// what each of them counted.
    ///
    /// - Parameters:
    ///   - valid: the number of pixels of all output frames of the global batch that are not missing.
    ///   - pixels: their number if none were missing.
    package func correction(valid: Int, of pixels: Int) -> Double {
        switch reduction {
        case .halvedSum, .frameSum: 1
        case .mean, .sumOfFrameMeans: valid == pixels ? 1 : valid == 0 ? 0 : Double(pixels) / Double(valid)
        }
    }

    /// The same loss with the thresholds of its weights brought from their unit to that of the target.
    package func weighted(by map: (Double) -> Double) -> Loss {
        let weights = weights ?? (error == .balanced ? .hko7 : nil)
        return Loss(
            error: error, reduction: reduction,
            weights: weights.map { LossWeights(thresholds: $0.thresholds.map(map), values: $0.values) })
    }
}
