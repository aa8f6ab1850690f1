// What all unrolled layers of one unrolled network share.

import Kernels

/// The workspaces, statistics and mode of a pass, which all its layers read.
package final class UnrollingContext<S: Scalar> {
    let workspace = PatchWorkspace<S>()
    let points = WinogradWorkspace<S>()

    /// The moving averages, to use or to change.
    let statistics: ParameterVector<S>

    /// Whether it is this unrolled network that changes them.
    let movesAverages: Bool

    /// Adds up numbers over all lanes.
    let sum: (inout [Double]) -> Void

    /// Whether statistics are those of the batch.
    package var isTraining = false

    package init(
        _ statistics: ParameterVector<S>, movesAverages: Bool = true, sum: @escaping (inout [Double]) -> Void
    ) {
        (self.statistics, self.movesAverages, self.sum) = (statistics, movesAverages, sum)
    }
}
