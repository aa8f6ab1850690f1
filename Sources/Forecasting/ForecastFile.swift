// The forecasts of another tool, from a .npy file. The choice: one array for the sequences of a split, in their order and
// in the unit of the data, so that the same code scores it as scores the network's.

import Configuration
import Formats
import Foundation
import Model

/// Forecasts of sequences on disk, read one sequence at a time.
package struct ForecastFile: Sendable {
    /// The name in tables.
    package let name: String

    package var path: String { array.path }

    private let array: NpyFile

    /// Opens (sequences, frames, height, width[, channels]).
    ///
    /// Throws a usage error for an array with other axes.
    package init(name: String, path: String) throws {
        self.name = name
        array = try NpyFile(path: path, scratchFolder: NSTemporaryDirectory())
        guard (4...5).contains(shape.count) else {
            throw TrainingError.usage(
                "\(path) has the shape \(shape); forecasts have the axes (sequences, frames, height, width) or "
                    + "(sequences, frames, height, width, channels)")
        }
    }

    private var shape: [Int] { array.header.shape }

    /// The number of frames of each forecast.
    package var frames: Int { shape[1] }

    /// Throws a usage error unless the file forecasts so many sequences, and frames of this number and size.
    package func require(sequences: Int, frames: Int, of frame: FeatureShape) throws(TrainingError) {
        let plain = [sequences, frames, frame.height, frame.width], whole = plain + [frame.channels]
        guard shape == whole || frame.channels == 1 && shape == plain else {
            throw .usage(
                "\(path) has the shape \(shape), and the forecasts to compare have \(frame.channels == 1 ? plain : whole): "
                    + "\(sequences) sequences of \(frames) frames of \(frame)")
        }
    }

    /// The forecast of a sequence, by its number within the file: (frames, height, width, channels), in the unit of
    /// the data, NaN where it says nothing.
    package func forecast(of sequence: Int) throws -> [Float] {
        let count = shape.dropFirst().reduce(array.header.type.size, *)
        var bytes = [UInt8](repeating: 0, count: count), span = bytes.mutableSpan
        try array.read(at: sequence * count, into: &span)
        return array.header.type.floats(bytes)
    }
}
