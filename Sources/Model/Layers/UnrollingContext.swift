// The state that all layers of an unrolled network share, and what they keep of a forward pass. The choice: what only
// training needs is an optional of every layer that has some, so that a forecast neither holds nor computes it.

import Kernels

/// What a network is built for.
package enum NetworkUse: Sendable {
    /// Forward and backward passes: every activation is kept, beside the gradients.
    case training

    /// Forward passes alone: nothing is kept but what a later step or layer reads.
    case forecasts
}

extension Optional {
    /// The memory of a backward pass, which every layer of a training pass has.
    var ofTraining: Wrapped {
        guard let self else { preconditionFailure("backward through a network that only forecasts") }
        return self
    }
}

/// The workspaces, statistics and mode of a pass.
package final class UnrollingContext<S: Scalar> {
    let use: NetworkUse

    let workspace = PatchWorkspace<S>()
    let points = WinogradWorkspace<S>()

    /// The moving averages, which forecasts read and training updates.
    let statistics: ParameterVector<S>

    /// Whether this unrolled network updates the moving averages.
    let movesAverages: Bool

    /// Sums each element over all virtual ranks.
    let sum: (inout [Double]) -> Void

    /// Whether batch normalization uses the statistics of the batch.
    package var isTraining = false

    package init(
        _ statistics: ParameterVector<S>, for use: NetworkUse = .training, movesAverages: Bool = true,
        sum: @escaping (inout [Double]) -> Void
    ) {
        (self.statistics, self.use, self.movesAverages, self.sum) = (statistics, use, movesAverages, sum)
    }

    /// The number of images that one matrix product takes of `all`. A forecast takes them one by one, so that no bit of
    /// a sequence's forecast depends on how many others share its batch.
    func imagesOfAProduct(of all: Int) -> Int { use == .training ? all : 1 }
}
