// How training unrolls a network: over the frames that a system's description names.

import Model

extension Unrolling {
    /// The unrolling that training needs.
    package init(_ sequences: SequenceDescription) {
        self.init(
            inputFrames: sequences.inputFrames, outputFrames: sequences.outputFrames,
            forecastOffset: sequences.firstForecast)
    }
}
