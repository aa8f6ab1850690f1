// Forecasts as files that numpy opens and as pictures, in a folder of their own.

import Trainer
import Formats
import Model
import Reports

/// One forecast, in raw values (frames, height, width, channels).
package struct Prediction: Sendable {
    package var input, forecast: [Float]

    /// The ground truth, as far as it is known.
    package var truth: [Float]?

    package init(input: [Float], truth: [Float]? = nil, forecast: [Float]) {
        (self.input, self.truth, self.forecast) = (input, truth, forecast)
    }
}

/// The folder of one or several forecasts: input.npy, prediction.npy, truth.npy where it is known, and strips.
package struct PredictionFolder: Sendable {
    package let path: String

    /// The maximum number of sequences for which strips are drawn.
    package static let mostStrips = 16

    private let frame: FeatureShape

    /// The colors of the strips.
    private let scale: ColorScale

    /// Throws a usage error if `path` holds something that would be lost.
    package init(path: String, frame: FeatureShape, scale: ColorScale) throws {
        (self.path, self.frame, self.scale) = (path, frame, scale)
        try NewFolder.require(path)
    }

    /// Writes everything and returns the names of the files.
    ///
    /// - Parameter isBatch: whether the arrays have a batch axis first.
    package func write(_ predictions: [Prediction], isBatch: Bool) throws -> [String] {
        try NewFolder.make(path) { temporary in
            var names = ["input.npy", "prediction.npy"]
            try writeArray(predictions.map(\.input), isBatch: isBatch, to: "\(temporary)/input.npy")
            try writeArray(predictions.map(\.forecast), isBatch: isBatch, to: "\(temporary)/prediction.npy")
            let truths = predictions.compactMap(\.truth)
            if truths.count == predictions.count {
                try writeArray(truths, isBatch: isBatch, to: "\(temporary)/truth.npy")
                names.append("truth.npy")
            }
            for (number, prediction) in predictions.prefix(Self.mostStrips).enumerated() {
                let name = "strip\(isBatch ? "-\(number)" : "").png"
                try PNGFile.write(strip(prediction).picture(), to: "\(temporary)/\(name)")
                names.append(name)
            }
            return names.sorted()
        }
    }

    private func writeArray(_ sequences: [[Float]], isBatch: Bool, to path: String) throws {
        let frames = sequences[0].count / frame.count
        let shape =
            (isBatch ? [sequences.count] : []) + [frames, frame.height, frame.width]
            + (frame.channels == 1 ? [] : [frame.channels])
        let values = Array(sequences.joined())
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        try NpyFile.write(bytes.span, header: NpyHeader(type: .float32, shape: shape), to: path)
    }

    private func strip(_ prediction: Prediction) -> PredictionStrip {
        PredictionStrip(
            input: prediction.input, truth: prediction.truth, prediction: prediction.forecast, height: frame.height,
            width: frame.width, channels: frame.channels, scale: scale)
    }
}
