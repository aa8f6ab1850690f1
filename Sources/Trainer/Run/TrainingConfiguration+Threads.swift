// The number of threads of a run's ranks. The choice: where nobody says, a run that goes on keeps the number that it
// began with, since another one rounds differently; a new run takes what the machine has.

import Collectives
import Configuration
import DataLoading
import Distribution
import Supervision

extension TrainingConfiguration {
    /// The number of threads of each rank. Collective.
    ///
    /// - Parameter folder: the run's folder on rank 0.
    func threadChoice(continuing folder: RunFolder?, on communicator: any Communicator) throws -> ThreadChoice {
        if let told = threads.number { return ThreadChoice(told, because: "as it was told") }
        let own = try communicator.shared { virtualRanks == nil ? folder?.ownThreads : nil }
        let found = try ThreadChoice.automatic(on: communicator, atMost: work(ranks: communicator.size))
        // Several ranks may be others than those that the run began with, and must leave each other their cores.
        if let own, communicator.size == 1 || own <= found.count {
            return ThreadChoice(own, because: "as the run began; another number would round differently")
        }
        return found
    }

    /// The number of threads of a rank that a regular batch gives something to do, and why.
    private func work(ranks: Int) -> (count: Int, what: String) {
        let sequences = model.batchSize / ranks
        guard let virtualRanks, virtualRanks / ranks < sequences else {
            return (sequences, "a batch of \(model.batchSize) sequences")
        }
        return (virtualRanks / ranks, "\(virtualRanks) virtual ranks")
    }
}
