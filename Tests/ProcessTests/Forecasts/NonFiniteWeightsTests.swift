// Forecasts of a network whose weights are not finite.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

@Suite struct NonFiniteWeightsTests {
    private let tools = try! ToolsExample.shared.get()

    /// Writes the run's checkpoint with other values in a tensor, under a new name.
    private func checkpoint(replacing changes: [(prefix: String, numbers: [Float])]) throws -> String {
        let path = tools.folder.file("tools/checkpoints/\(Checkpoint.fileName(step: 4))")
        let packed = try InputFile(path: path).bytes()
        let plain = try Zstd.decompress(packed.span, limit: 1 << 24, file: path)
        let old = try SafetensorsFile(decoding: plain, file: path)
        var tensors = old.tensors
        for change in changes {
            let place = try #require(tensors.firstIndex { $0.name.hasPrefix(change.prefix) })
            let start = change.numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
            tensors[place].bytes = (start + tensors[place].bytes.dropFirst(start.count))[...]
        }
        let encoded = try SafetensorsFile(tensors: tensors, metadata: old.metadata).encoded()
        let name = UUID().uuidString + ".zst"
        try tools.folder.write(try Zstd.compress(encoded.span), to: name)
        return name
    }

    @Test func predictAndEvaluateRefuseThemNamingTheTensor() throws {
        for value in [Float.nan, .infinity] {
            let file = try checkpoint(replacing: [("encoder.", [value])])
            for command in [
                ["predict", "--sequence", "0", "--output", "nothing-" + UUID().uuidString], ["evaluate"],
                ["evaluate", "--json"],
            ] {
                let result = try tools.dist(command + ["--checkpoint", file])
                #expect(result.status == 1 && result.stdout.isEmpty, "\(command): \(result)")
                #expect(result.stderr.contains("\(file) holds 1 number of "), "\(command): \(result)")
                #expect(result.stderr.contains("that is not finite"), "\(command): \(result)")
                #expect(result.stderr.contains(" in encoder."), "\(command): \(result)")
                #expect(!FileManager.default.fileExists(atPath: tools.folder.file(command.last!)))
            }
        }
    }

    /// Weights so large that their products overflow are finite all the same.
    @Test func forecastsThatAreNotFiniteAreSaidAndNullInJSON() throws {
        // Whatever the sign of the network's activations, every other output has the sign of its bias.
        let most = Float.greatestFiniteMagnitude, kernel = (0..<96).map { $0 % 2 == 0 ? most : -most }
        let bias = [Float](repeating: most, count: 16)
        let file = try checkpoint(replacing: [("readout.kernel", kernel), ("readout.bias", bias)])
        let output = "large-" + UUID().uuidString
        let result = try tools.dist(["predict", "--checkpoint", file, "--sequence", "0", "--output", output])
        #expect(result.status == 0 && result.stderr.contains("forecast numbers are not finite"), "\(result)")
        let measured = try tools.dist(["evaluate", "--checkpoint", file, "--json"])
        #expect(measured.status == 0, "\(measured)")
        let json = try JSONSerialization.jsonObject(with: Data(measured.stdout.utf8)) as? [String: Any]
        let mean = (json?["forecast"] as? [String: Any])?["mean"] as? [String: Any]
        #expect(mean?["mse"] is NSNull, "\(measured.stdout)")
    }
}
