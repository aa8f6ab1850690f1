// The state that all layers of an unrolled network share.

import Kernels

/// The workspaces, statistics and mode of a pass.
package final class UnrollingContext<S: Scalar> {
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
        _ statistics: ParameterVector<S>, movesAverages: Bool = true, sum: @escaping (inout [Double]) -> Void
    ) {
        (self.statistics, self.movesAverages, self.sum) = (statistics, movesAverages, sum)
    }
}
