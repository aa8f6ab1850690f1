// The broadcast of the initial state. The choice: all ranks get rank 0's values, so that replicas are equal by
// construction.

import Model
import Kernels
import Distribution
import DataLoading
import Collectives

extension TrainingState {
    /// Broadcasts the state of rank 0 to every rank. Collective.
    package mutating func share(on communicator: any Communicator) throws {
        for (_, vector) in vectors {
            var elements = vector.flat.mutableSpan
            try communicator.broadcast(&elements, from: 0)
        }
        let place = try communicator.shared {
            Place(position: position, best: best, plateaus: plateaus, stopping: stopping, leftOut: leftOut)
        }
        (position, best) = (place.position, place.best)
        (plateaus, stopping) = (place.plateaus, place.stopping)
        leftOut = place.leftOut
        optimizer.step = place.position.step - leftOut.total
    }

    private struct Place: Codable {
        var position: Position
        var best: Validation?
        var plateaus: Plateaus
        var stopping: Patience
        var leftOut: LeftOut
    }
}
