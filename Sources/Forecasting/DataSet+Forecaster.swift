// Checks that sequences are long enough for a forecaster, and of the frame size that it was trained on.

import Shards
import Configuration
import DataLoading

extension DataSet {
    /// Throws a usage error unless the sequences have the forecaster's input frames and `known` of the frames that
    /// it forecasts.
    package func check(for forecaster: Forecaster, known: Int) throws(TrainingError) {
        guard frame == forecaster.frame else {
            throw .usage(
                "\(name) has frames of \(frame) and the checkpoint was trained on \(forecaster.frame); name other data "
                    + "with --data")
        }
        let frames = source.geometry.frames, seen = forecaster.inputFrames
        guard frames >= seen + known else {
            let advice =
                frames > seen
                ? "lower --frames to at most \(frames - seen), or use longer sequences"
                : "use longer sequences"
            throw .usage(
                "\(name) has sequences of \(frames) frames; to see \(seen) and know \(known) takes \(seen + known); \(advice)"
            )
        }
    }
}
