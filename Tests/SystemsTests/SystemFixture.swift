// The reference values of a small form of a model, computed with its original framework by make-systems.py.

import Formats
import Foundation
import TestSupport
import Kernels

/// A fixture on disk.
struct SystemFixture {
    let facts: Facts
    private let tensors: [String: SafetensorsFile.Tensor]

    /// The facts that make-systems.py stores with the values.
    struct Facts: Decodable {
        /// The factor by which hidden channels and filters are smaller than the published ones.
        var divisor: Int

        /// Height and width.
        var frame: [Int]

        /// The loss as the model reports it; `losses` has it before each of ten updates with the same batch.
        var loss: Double
        var losses: [Double]

        /// The factor between the loss that was differentiated and the reported loss.
        var gradientIsOfLossTimes: Double

        var rates: Rates
        var fullSize: Sizes

        /// The hyperparameters of each update.
        struct Rates: Decodable {
            var learningRate: [Double]
            var beta1: [Double]?
        }

        struct Sizes: Decodable {
            var tensors, learned, moving: Int
        }
    }

    init(_ system: String) throws {
        let path = Repository.fixture(system + ".safetensors", of: "SystemsTests").path
        let content = try SafetensorsFile(decoding: InputFile(path: path).bytes(), file: path)
        tensors = Dictionary(uniqueKeysWithValues: content.tensors.map { ($0.name, $0) })
        let text = try Data(contentsOf: Repository.fixture(system + ".json", of: "SystemsTests"))
        facts = try JSONDecoder().decode(Facts.self, from: text)
    }

    /// A tensor of the file; nil if the file has none of that name.
    subscript(name: String) -> Tensor<Float>? {
        get throws {
            guard let stored = tensors[name] else { return nil }
            let tensor = Tensor<Float>(shape: stored.shape)
            var numbers = tensor.mutableSpan
            try stored.copy(into: &numbers, file: name)
            return tensor
        }
    }

    /// The names that begin with a prefix, without the prefix.
    func names(_ prefix: String) -> Set<String> {
        Set(tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }
}
