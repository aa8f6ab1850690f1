// How training unrolls a network: over the frames of a system's description.

import Model

extension Unrolling {
    /// The unrolling for training.
    package init(_ sequences: SequenceDescription) {
        self.init(
            inputFrames: sequences.inputFrames, outputFrames: sequences.outputFrames,
            forecastOffset: sequences.firstForecast)
    }
}
