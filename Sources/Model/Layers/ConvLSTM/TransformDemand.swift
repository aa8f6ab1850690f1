// What a ConvLSTM layer wants of the Winograd domain: how many channels, and how many images at once.

import Kernels

/// Maps that a layer works with in the Winograd domain, beside those that it reads and writes.
package struct TransformDemand: Sendable {
    let geometry: WinogradGeometry

    /// Channels of what it reads, 0 if that is not transformed; of its own hidden state, 0 for none; and of its
    /// products.
    let input, hidden, outputs: Int

    /// Its maps with their channels.
    var contents: [(content: MapContent, channels: Int)] {
        [(.input, input), (.hidden, hidden), (.product, outputs), (.gradient, max(input, hidden))]
    }

    /// Tiles that make a product long enough, and are few enough to stay in a cache: each product passes over all
    /// weights, which weigh more the more channels there are.
    private var enoughTiles: Int { max(128, outputs / 2) }

    /// Images that go through a step together, about as many in each group.
    func imagesAtOnce(batch: Int) -> Int {
        let most = max(1, enoughTiles / geometry.tiles), groups = max(1, (batch + most - 1) / most)
        return max(1, (batch + groups - 1) / groups)
    }

    /// Steps that backward takes together where the whole batch is not enough: it reads and writes the weights'
    /// gradient, so products want to be twice as long.
    func stepsAtOnce(batch: Int) -> Int { max(1, 2 * enoughTiles / max(1, batch * geometry.tiles)) }
}
