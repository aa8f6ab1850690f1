// What a reference framework computed for a small form of a system: numbers that make-systems.py wrote.

import Formats
import Foundation
import TestSupport
import Kernels

/// A fixture on disk.
struct SystemFixture {
    let facts: Facts
    private let tensors: [String: SafetensorsFile.Tensor]

    /// What make-systems.py says of the numbers.
    struct Facts: Decodable {
        /// Hidden channels and filters are the published ones divided by this.
        var divisor: Int

        /// Height and width.
        var frame: [Int]

        /// As the system reports it; and before each of ten updates with the same batch.
        var loss: Double
        var losses: [Double]

        /// What the gradient is of, as a multiple of the reported loss.
        var gradientIsOfLossTimes: Double

        var rates: Rates
        var fullSize: Sizes

        /// Of each update.
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

    /// A tensor of the file; nil where it holds none of that name.
    subscript(name: String) -> Tensor<Float>? {
        get throws {
            guard let stored = tensors[name] else { return nil }
            let tensor = Tensor<Float>(shape: stored.shape)
            var numbers = tensor.mutableSpan
            try stored.copy(into: &numbers, file: name)
            return tensor
        }
    }

    /// The names that begin with a prefix, without it.
    func names(_ prefix: String) -> Set<String> {
        Set(tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }
}
