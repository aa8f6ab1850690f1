import Foundation
import TestSupport
import Testing

/// The trained networks in `pretrained`.
@Suite struct PretrainedTests {
    private let folder = try! TemporaryFolder()
    private let small = Repository.path + "pretrained/small"

    private func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.path)
    }

    /// Digits that the program draws, which are not those of MNIST: the network is better than the last frame in every frame.
    @Test func smallForecastsDigitsOfAnotherHand() throws {
        for command in [
            "generate moving-mnist --sequences 22 --output digits.npy",
            "split digits.npy --axes TNHW --validation 0 --test 20",
        ] {
            let result = try Command.run(
                "convlstm-shard", command.split(separator: " ").map(String.init), directory: folder.path)
            try #require(result.status == 0, "\(result)")
        }
        let result = try dist(["evaluate", "--checkpoint", small, "--data", "digits.shards", "--json"])
        try #require(result.status == 0, "\(result)")
        let report = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
        let (network, last) = try (errors(report, "forecast"), errors(report, "copy_last_frame"))
        #expect(network.count == 10 && zip(network, last).allSatisfy { $0 < 0.6 * $1 }, "\(network), \(last)")
    }

    /// The mean squared error per pixel of each frame.
    private func errors(_ report: [String: Any]?, _ predictor: String) throws -> [Double] {
        let frames = (report?[predictor] as? [String: Any])?["frames"] as? [[String: Any]]
        return try #require(frames?.compactMap { $0["mse_per_pixel"] as? Double })
    }

    /// The line of the README, typed elsewhere.
    @Test func theLineOfTheReadmeForecasts() throws {
        let line = "convlstm-dist predict --checkpoint pretrained/small --sequence 0 --output forecast"
        #expect(try Repository.text(of: "README.md").contains("    .build/release/\(line)\n"))
        let words = line.split(separator: " ").dropFirst().map { $0 == "pretrained/small" ? small : String($0) }
        let result = try dist(words)
        #expect(result.status == 0, "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("forecast")).contains("strip.png"))
    }

    /// The page says the digest of the weights as `export` writes them, so that whoever trains them again can compare.
    @Test func theWeightsHaveTheDigestOfThePage() throws {
        let exported = try dist(["export", "--checkpoint", small, "--output", "small.safetensors"])
        try #require(exported.status == 0, "\(exported)")
        let digest = try Command.run("sha256sum", [folder.file("small.safetensors")]).stdout.prefix { $0 != " " }
        #expect(
            try Repository.text(of: "pretrained/README.md").contains("    \(digest)  small.safetensors\n"), "\(digest)")
        let verified = try dist(["checkpoint", "verify", small])
        #expect(verified.status == 0, "\(verified)")
    }
}
