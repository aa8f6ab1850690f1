// One plan for all ranks. The choice: rank 0 tells the others how it convolves each layer, so that ranks of unlike
// processors or builds, which may find other algorithms faster, still compute alike.

import Collectives
import Model

extension Communicator {
    /// Returns the network with rank 0's algorithms on every rank. Collective.
    ///
    /// - Parameter build: builds the network with the algorithms that it is told.
    package func planned<S>(_ build: (_ told: LayerAlgorithms) throws -> Network<S>) throws -> Network<S> {
        let own = try build([:]), told = try shared { own.layerAlgorithms }
        return told == own.layerAlgorithms ? own : try build(told)
    }
}
