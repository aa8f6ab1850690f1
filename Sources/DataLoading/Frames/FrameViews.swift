// The view of each sequence: crops and orientations in training, the same ones on any number of ranks. The choice: a
// function of seed, epoch and sequence. Outside of training the windows are drawn once and nothing is turned, so that
// validations compare.

import Configuration
import Model
import Randomness
import Shards

/// Draws the views of the sequences of a data set.
package struct FrameViews: Sendable {
    private let frames: SequenceDescription
    private let data: FeatureShape
    private let size: FeatureShape
    private let seed: UInt64

    /// - Parameter data: the size of the data's frames.
    package init(_ frames: SequenceDescription, of data: FeatureShape, seed: UInt64) {
        (self.frames, self.data, self.seed) = (frames, data, seed)
        size = frames.networkFrame(of: data)
    }

    /// The view of a sequence.
    ///
    /// - Parameter values: the sequence's values, (frames, height, width, channels), NaN where missing.
    package func view(of sequence: SequenceID, _ values: SequenceValues) -> FrameView {
        let epoch = sequence.epoch.map { UInt64($0) }
        var stream = RandomStream(epoch == nil ? 0 : seed, Self.purpose, epoch ?? .max, UInt64(sequence.number))
        var view = FrameView(height: size.height, width: size.width)
        if let augmentation = frames.augmentation, epoch != nil {
            let bits = stream.next()
            if augmentation.flips { (view.flipsRows, view.flipsColumns) = (bits & 1 != 0, bits & 2 != 0) }
            if augmentation.quarterTurns { turn(&view, quarters: Int(bits >> 2 & 3)) }
        }
        if let crop = frames.crop { place(&view, crop, values, &stream) }
        return view
    }

    /// Turns a view by quarters of a circle: each exchanges rows and columns and reverses one of them.
    private func turn(_ view: inout FrameView, quarters: Int) {
        for _ in 0..<quarters {
            (view.flipsRows, view.flipsColumns) = (view.flipsColumns, !view.flipsRows)
            view.transposes.toggle()
        }
    }

    private func place(
        _ view: inout FrameView, _ crop: CropDescription, _ values: SequenceValues, _ stream: inout RandomStream
    ) {
        var best = (top: 0, left: 0, share: -1.0)
        for _ in 0..<(crop.wet?.draws ?? 1) {
            let top = stream.integer(in: 0...data.height - crop.height)
            let left = stream.integer(in: 0...data.width - crop.width)
            let share = crop.wet.map { wetShare(of: values, top: top, left: left, crop, above: Float($0.above)) } ?? 1
            if share > best.share { best = (top, left, share) }
            if share >= crop.wet?.share ?? 1 { break }
        }
        (view.top, view.left) = (best.top, best.left)
    }

    /// The share of wet pixels in a window over the frames that the system uses.
    private func wetShare(
        of values: SequenceValues, top: Int, left: Int, _ crop: CropDescription, above: Float
    ) -> Double {
        var wet = 0
        for frame in 0..<frames.frames {
            for row in top..<top + crop.height {
                let first = ((frame * data.height + row) * data.width + left) * data.channels
                wet += values.count(in: first..<first + crop.width * data.channels, atLeast: above)
            }
        }
        return Double(wet) / Double(frames.frames * crop.height * crop.width * data.channels)
    }

    /// Separates these random streams from others of the same seed: the letters of "view".
    private static let purpose: UInt64 = 0x7669_6577
}

extension SequenceDescription {
    /// Throws a usage error about crops or padding that frames of this size do not allow.
    package func checkViews(of frame: FeatureShape, name: String) throws(TrainingError) {
        let size = "\(frame.height) x \(frame.width)"
        if let crop {
            guard padTo == nil else {
                throw .usage("model.sequences has both crop and padTo; leave one of the two out")
            }
            guard (1...frame.height).contains(crop.height), (1...frame.width).contains(crop.width) else {
                throw .usage(
                    "model.sequences.crop is \(crop.height) x \(crop.width), and the frames of \(name) are \(size); choose a "
                        + "smaller window")
            }
        }
        if let padTo, padTo.height < frame.height || padTo.width < frame.width {
            throw .usage(
                "model.sequences.padTo is \(padTo.height) x \(padTo.width), and the frames of \(name) are \(size); choose at "
                    + "least that")
        }
        let seen = networkFrame(of: frame)
        if augmentation?.quarterTurns == true, seen.height != seen.width || padTo != nil {
            throw .usage(
                "model.sequences.augmentation turns frames by quarters, and the network sees \(seen.height) x \(seen.width)"
                    + "\(padTo == nil ? "" : " with padding"); leave quarterTurns out, or train on square crops")
        }
        if augmentation?.flips == true, padTo != nil {
            throw .usage(
                "model.sequences.augmentation flips frames, and padTo pads them below and on the right; leave one of the two out"
            )
        }
    }
}
