// What a ConvLSTM layer needs of the Winograd domain: its channels, and how many images go through at once.

import Kernels
import Platform

/// The maps that a layer needs in the Winograd domain, besides those that it reads and writes.
package struct TransformDemand: Sendable {
    let geometry: WinogradGeometry

    /// The channels of the layer's input (0 if it is not transformed), of its own hidden state (0 for none) and of its
    /// products.
    let input, hidden, outputs: Int

    /// The columns of [U_h U_x]' that the gradient of the input takes, from the beginning of a block on.
    var inputColumns: Range<Int> { hidden / 16 * 16..<hidden + input }

    /// The number of tiles that makes a product long enough and still fits in cache. Each product reads all weights, so
    /// products with more channels need more tiles.
    private var enoughTiles: Int { max(128, outputs / 2) }

    /// The number of images that have enough tiles.
    var mostImagesAtOnce: Int { max(1, enoughTiles / geometry.tiles) }

    /// Returns the number of images that pass forward through a step together.
    func imagesAtOnce(batch: Int) -> Int { (0..<batch).evenChunkSize(atMost: mostImagesAtOnce) }

    /// The same for a backward pass, which also reads and writes the gradient of all weights, and reads what dM has at a
    /// point for both of its products: that should stay in the L2 cache.
    private var enoughTilesBackward: Int { max(256, outputs) }

    /// Returns the number of images that pass backward through a step together.
    func imagesAtOnceBackward(batch: Int) -> Int {
        (0..<batch).evenChunkSize(atMost: max(1, enoughTilesBackward / geometry.tiles))
    }

    /// Returns the number of steps that backward processes together if the whole batch is too small.
    func stepsAtOnce(batch: Int) -> Int { max(1, enoughTilesBackward / max(1, batch * geometry.tiles)) }
}
