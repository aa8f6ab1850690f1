// Whether a data set can be used with a checkpoint, before anything is measured.

import Model
import Shards

extension DataSet {
    /// The numbers of the sequences with a use.
    ///
    /// Throws a usage error that names what there is, if none were held back for it.
    package func sequences(of split: Split) throws(TrainingError) -> Range<Int> {
        let range = range(of: split)
        guard range.isEmpty else { return range }
        let others = Split.allCases.filter { !self.range(of: $0).isEmpty }
            .map { "\(self.range(of: $0).count) with --split \($0.rawValue)" }
        throw .usage("\(name) has no \(split.rawValue) split; it has \(others.joined(separator: " and "))")
    }

    /// Throws a usage error unless sequences have the frames that a forecaster sees and `known` of those it forecasts.
    package func check(for forecaster: Forecaster, known: Int) throws(TrainingError) {
        guard frame == forecaster.frame else {
            throw .usage(
                "\(name) has frames of \(frame) and the checkpoint was trained on \(forecaster.frame); name other data "
                    + "with --data")
        }
        let frames = source.geometry.frames, seen = forecaster.inputFrames
        guard frames >= seen + known else {
            let advice = frames > seen ? "lower --frames to at most \(frames - seen), or use longer sequences"
                : "use longer sequences"
            throw .usage(
                "\(name) has sequences of \(frames) frames; to see \(seen) and know \(known) takes \(seen + known); \(advice)")
        }
    }
}
