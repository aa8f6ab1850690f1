// What a file of exported weights says of them, as JSON. The choice: everything that a forecast depends on beside the
// weights and nothing of the run, so that a file can be given away, and both our import and a page of Python read it.

import Configuration
import Formats
import Foundation
import Model
import Shards

/// The system of some weights, and the values that it was trained on.
package struct WeightDescription: Codable, Sendable, Equatable {
    /// The key of the metadata in a safetensors file, and the name of the array in a .npz file.
    package static let key = "convlstm-dist"

    private static let version = 1

    /// The version of this form.
    private var version = Self.version

    package let system: SystemDescription

    /// The size of the frames that the network was built for.
    package let frame: FeatureShape

    /// The lowest and the highest value of the data, which are scaled to 0 and the system's maximum value unless it has a
    /// transform.
    private let valueRange: [Float]

    /// The unit of the values; nil if it is not known.
    package let unit: String?

    /// The algorithm for gate convolutions, on which the last bits of a forecast depend.
    package let convolution: ConvolutionAlgorithm

    package init(_ checkpoint: Checkpoint) {
        (system, frame) = (checkpoint.configuration.model, checkpoint.frame)
        valueRange = [checkpoint.valueRange.lowerBound, checkpoint.valueRange.upperBound]
        (unit, convolution) = (checkpoint.unit, checkpoint.configuration.convolution)
    }

    package var values: ClosedRange<Float> { valueRange[0]...valueRange[1] }

    /// The JSON text, whose keys are sorted.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Reads the text that `file` holds.
    ///
    /// Throws `FormatError` for one of another version, or that describes nothing that can be run.
    package init(json: String, file: String) throws {
        let text = Data(json.utf8), known: Version
        do {
            known = try JSONDecoder().decode(Version.self, from: text)
            guard known.version == Self.version else {
                throw FormatError(
                    file: file,
                    problem: "is an export of version \(known.version), and this program reads version \(Self.version)",
                    advice: "use the program that wrote it")
            }
            self = try JSONDecoder().decode(WeightDescription.self, from: text)
        } catch is DecodingError {
            throw Self.damage(file, "cannot be read")
        }
        guard valueRange.count == 2, valueRange.allSatisfy(\.isFinite), valueRange[0] <= valueRange[1] else {
            throw Self.damage(file, "has no range of values")
        }
        let sides = [frame.height, frame.width, frame.channels]
        guard sides.allSatisfy({ (1...1 << 20).contains($0) }),
            sides.reduce(1, { $0 * Double($1) }) <= Double(SequenceGeometry.mostElements)
        else { throw Self.damage(file, "has no size of frames") }
        do {
            var configuration = TrainingConfiguration(model: system)
            configuration.epochs = TrainingConfiguration.defaultEpochs
            try configuration.check()
            _ = try Network<Float>(system.network, frame: frame, for: .forecasts)
        } catch {
            throw Self.damage(file, "is of a system that cannot be built (\(error))")
        }
    }

    private struct Version: Decodable { let version: Int }

    private static func damage(_ file: String, _ problem: String) -> FormatError {
        FormatError(
            file: file, problem: "holds a description of its weights that \(problem)",
            advice: "export them again with `convlstm-dist export`")
    }
}
