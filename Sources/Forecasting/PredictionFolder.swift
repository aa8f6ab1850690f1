// Forecasts as files that other tools open and as pictures, in a folder of their own.

import Formats
import Foundation
import Model
import Reports
import Shards
import Trainer

/// One forecast, in values of the data (frames, height, width, channels), NaN where missing.
package struct Prediction: Sendable {
    package var input, forecast: [Float]

    /// The ground truth, as far as it is known.
    package var truth: [Float]?

    /// The time of the first input frame; nil if it is not known.
    package var firstTime: Date?

    package init(input: [Float], truth: [Float]? = nil, forecast: [Float], firstTime: Date? = nil) {
        (self.input, self.truth, self.forecast, self.firstTime) = (input, truth, forecast, firstTime)
    }
}

/// The files of a forecast.
package enum ForecastFormat: Sendable {
    /// Arrays of numpy, float32.
    case npy

    /// NetCDF-4 after the CF conventions, with times and what the source says of its grid.
    case netcdf(ValueDescription, timeStep: Double)
}

/// The folder of one or several forecasts: input, prediction, truth where it is known, and strips.
package struct PredictionFolder: Sendable {
    package let path: String

    /// The maximum number of sequences for which strips are drawn.
    package static let mostStrips = 16

    private let frame: FeatureShape

    private let format: ForecastFormat
    private let pictures: ForecastPictures

    /// Throws a usage error if `path` holds something that would be lost.
    package init(
        path: String, frame: FeatureShape, pictures: ForecastPictures, format: ForecastFormat = .npy
    ) throws {
        (self.path, self.frame, self.pictures, self.format) = (path, frame, pictures, format)
        try NewFolder.require(path)
    }

    /// Writes everything and returns the names of the files.
    ///
    /// - Parameter isBatch: whether the arrays have a batch axis first.
    package func write(_ predictions: [Prediction], isBatch: Bool) throws -> [String] {
        try NewFolder.make(path) { temporary in
            var names: [String] = []
            switch format {
            case .npy: names += try writeArrays(predictions, isBatch: isBatch, to: temporary)
            case .netcdf(let description, let step):
                for (number, prediction) in predictions.enumerated() {
                    let end = isBatch ? "-\(number).nc" : ".nc"
                    names += try write(prediction, description, step: step, end: end, to: temporary)
                }
            }
            let shown = predictions.prefix(Self.mostStrips), digits = "\(shown.count - 1)".count
            for (number, prediction) in shown.enumerated() {
                let digits = String(repeating: "0", count: digits - "\(number)".count) + "\(number)"
                names += try pictures.write(
                    prediction, frame: frame, to: temporary, end: isBatch ? "-\(digits).png" : ".png",
                    title: isBatch ? "sequence \(number)" : nil)
            }
            return names.sorted()
        }
    }

    private func writeArrays(_ predictions: [Prediction], isBatch: Bool, to folder: String) throws -> [String] {
        let truths = predictions.compactMap(\.truth)
        let arrays =
            [("input.npy", predictions.map(\.input)), ("prediction.npy", predictions.map(\.forecast))]
            + (truths.count == predictions.count ? [("truth.npy", truths)] : [])
        for (name, sequences) in arrays { try writeArray(sequences, isBatch: isBatch, to: "\(folder)/\(name)") }
        return arrays.map(\.0)
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

    /// Writes a forecast as files along time.
    private func write(
        _ prediction: Prediction, _ description: ValueDescription, step: Double, end: String, to folder: String
    ) throws -> [String] {
        let start = prediction.firstTime ?? Date(timeIntervalSince1970: 0)
        let seen = prediction.input.count / frame.count
        let parts: [(name: String, values: [Float]?, first: Int)] = [
            ("input", prediction.input, 0), ("prediction", prediction.forecast, seen),
            ("truth", prediction.truth, seen),
        ]
        return try parts.compactMap { name, values, first in
            guard let values else { return nil }
            let times = (0..<values.count / frame.count).map { start + step * Double(first + $0) }
            let file = try NetCDFFile(
                path: "\(folder)/\(name)\(end)", variable: description.variable, elementType: .float32,
                values: description.ofValues, height: frame.height, width: frame.width, times: times, title: name)
            try file.append(values.withUnsafeBytes { [UInt8]($0) })
            try file.commit()
            return name + end
        }
    }
}

extension ValueDescription {
    /// The name of an array of such values in a NetCDF file.
    fileprivate var variable: String {
        switch unit {
        case "mm/h": "rainfall_rate"
        case "dBZ": "equivalent_reflectivity_factor"
        default: "value"
        }
    }

    /// The description of the values themselves, as floats of which NaN is missing.
    fileprivate var ofValues: ValueDescription {
        var description = ValueDescription()
        (description.unit, description.attributes) = (unit, attributes)
        if variable != "value" { description.attributes["standard_name"] = variable }
        return description
    }
}
