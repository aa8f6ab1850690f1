import Formats
import Foundation
import TestSupport
import Testing

/// All numbers of a JSON value, by their key paths.
private func numbers(_ value: Any, _ path: String = "") -> [String: Double] {
    if let object = value as? [String: Any] {
        return object.reduce(into: [:]) { all, entry in
            all.merge(numbers(entry.value, path + "." + entry.key)) { one, _ in one }
        }
    }
    if let list = value as? [Any] {
        return list.enumerated().reduce(into: [:]) { all, entry in
            all.merge(numbers(entry.element, path + "[\(entry.offset)]")) { one, _ in one }
        }
    }
    return (value as? Double).map { [path: $0] } ?? [:]
}

@Suite struct ToolsEvaluateTests {
    let tools = try! ToolsExample.shared.get()

    /// The test split has two sequences, so one of three ranks has none.
    @Test(arguments: ["test", "validation"]) func theNumbersAreTheSameOnAnyNumberOfRanks(split: String) throws {
        let command = ["evaluate", "--checkpoint", tools.run, "--split", split, "--batch-size", "3"]
        let alone = numbers(try tools.json(command))
        #expect(alone[".sequences"] == (split == "test" ? 2 : 4))
        #expect(alone.count == 6 + 3 * (1 + (1 + 3) * 6))
        for ranks in [1, 2, 3] {
            let many = numbers(try tools.json(command, ranks: ranks))
            #expect(many.keys == alone.keys)
            for (key, value) in alone {
                let found = many[key] ?? .nan
                #expect(abs(found - value) <= 1e-6 * max(1, abs(value)), "\(key): \(found) and \(value)")
            }
        }
    }

    @Test func theTableHasARowAFrameAndTheirMean() throws {
        let result = try tools.dist(["evaluate", "--checkpoint", tools.run + "/checkpoints", "--frames", "2"])
        #expect(result.status == 0, "\(result.stderr)")
        let rows = result.stdout.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.filter { $0.count == 13 }.map { $0[0] } == ["frame", "-------", "4", "5", "mean"])
        #expect(rows.contains(["MSE", "MAE", "SSIM", "PSNR"]))
        #expect(rows.contains { $0.starts(with: ["a", "pixel"]) && $0.count == 8 })
        #expect(result.stdout.contains("2 test sequences of tiny.shards, 2 frames forecast from 3"))
        #expect(result.stdout.contains("\nMetrics: standard, on pixels scaled to [0, 1].\n"))
        #expect(
            result.stdout.contains(
                "\nSSIM: 7 x 7 uniform window, sample covariance, data range 1, float64, nothing clipped.\n"))
        #expect(result.stdout.contains("\nPSNR: mean of each frame's, data range 1, float64, nothing clipped.\n"))
    }

    /// Of each metric the best of a row has a star: the least error, the highest similarity.
    @Test func theBestOfEachMetricIsMarked() throws {
        let command = ["evaluate", "--checkpoint", tools.run]
        let report = try tools.json(command), text = try tools.dist(command).stdout
        let predictors = try ["forecast", "copy_last_frame", "mean_image"].map { name in
            try #require((report[name] as? [String: Any])?["mean"] as? [String: Double])
        }
        let row = try #require(text.split(separator: "\n").first { $0.starts(with: "mean ") }).split(separator: " ")
            .dropFirst()
        let marked = row.map { $0.first == "*" }
        try #require(marked.count == 12)
        for (place, metric) in ["mse", "mae", "ssim", "psnr"].enumerated() {
            let values = try predictors.map { try #require($0[metric]) }
            let best = place < 2 ? values.min() : values.max()
            #expect(Array(marked[3 * place..<3 * place + 3]) == values.map { $0 == best }, "\(metric)")
        }
    }

    @Test(
        arguments: [
            ("predrnn", "uint8", 255, 255), ("openstl", "float32", 2, 1), ("mindspore", "uint8", 255, 1),
        ] as [(String, String, Double, Double)])
    func metricsOfTheFieldAreNamedWithTheirRanges(name: String, type: String, ssim: Double, psnr: Double) throws {
        let command = ["evaluate", "--checkpoint", tools.run, "--metrics", name]
        let report = try tools.json(command), own = try tools.json(["evaluate", "--checkpoint", tools.run])
        #expect(report["metrics"] as? String == name && report["ssim_type"] as? String == type)
        #expect(report["ssim_data_range"] as? Double == ssim && report["psnr_data_range"] as? Double == psnr)
        func mean(_ report: [String: Any], _ key: String) throws -> Double {
            let scores = try #require(report["forecast"] as? [String: Any])
            return try #require((scores["mean"] as? [String: Any])?[key] as? Double)
        }
        #expect(try abs(mean(report, "ssim") - mean(own, "ssim")) > 1e-5)
        #expect(own["metrics"] as? String == "standard")
        let forecast = try #require(report["forecast"] as? [String: Any])
        let sum = (forecast["sum"] as? [String: Any])?["mse"] as? Double
        #expect((sum != nil) == (name == "predrnn"))
        if let sum { #expect(try abs(sum - 3 * mean(report, "mse")) < 1e-9 * sum) }
        let text = try tools.dist(command).stdout
        #expect(text.contains("sample covariance, data range \(Int(ssim)), \(type), "))
        #expect(text.contains("\nsum ") == (name == "predrnn"))
        #expect(text.contains("sum: over a sequence's frames.") == (name == "predrnn"))
    }

    /// Constant frames are forecast exactly by repeating the last one.
    @Test func anInfinitePSNRIsNullInJSONAndInfInTheTable() throws {
        var still: [UInt8] = []
        for sequence in 0..<12 {
            let frame = (0..<24 * 24).map { UInt8(sequence * 20 + $0 % 7) }
            for _ in 0..<6 { still += frame }
        }
        try NpyFile.write(
            still.span, header: NpyHeader(type: .uint8, shape: [12, 6, 24, 24]), to: tools.folder.file("still.npy"))
        let split = try Command.run(
            "convlstm-shard", ["split", "still.npy", "--layout", "sequences-first", "--test", "2"],
            directory: tools.folder.path)
        #expect(split.status == 0, "\(split.stderr)")
        let command = ["evaluate", "--checkpoint", tools.run, "--data", "still.shards"]
        let last = try tools.json(command)["copy_last_frame"] as? [String: Any], mean = last?["mean"] as? [String: Any]
        #expect(mean?["psnr"] is NSNull && mean?["mse"] as? Double == 0 && mean?["ssim"] as? Double == 1)
        #expect(try tools.dist(command).stdout.contains(" *inf"))
    }

    @Test(
        arguments: [
            (["--checkpoint", "nowhere"], 1, "nowhere does not exist"),
            (["--checkpoint", "tiny.shards"], 1, "holds no checkpoints"),
            (["--checkpoint", "tiny.yaml"], 1, "tiny.yaml is not a checkpoint; name the run's folder"),
            (["--checkpoint", "tools", "--data", "nowhere.shards"], 1, "nowhere.shards does not exist in "),
            (
                ["--checkpoint", "tools", "--data", "generated"], 2,
                "frames of 64 x 64 x 1 and the checkpoint was trained on 24 x 24"
            ),
            (["--checkpoint", "tools", "--frames", "4"], 2, "lower --frames to at most 3"),
            (["--checkpoint", "tools", "--frames", "0"], 2, "--frames is 0"),
            (["--checkpoint", "tools", "--batch-size", "0"], 2, "--batch-size is 0"),
            (["--checkpoint", "tools", "--split", "all"], 2, "'all'"),
            (["--checkpoint", "tools", "--metrics", "predrn"], 2, "'predrn'"),
        ] as [([String], Int32, String)])
    func badInputGetsOneSentence(options: [String], status: Int32, sentence: String) throws {
        let result = try tools.dist(["evaluate"] + options)
        #expect(result.status == status && result.stderr.contains(sentence), "\(result)")
        #expect(result.stderr.split(separator: "\n").count == 1 && result.stdout == "", "\(result)")
    }

    @Test func aDataSetWithoutATestSplitIsAskedAboutWhatItHas() throws {
        let split = try Command.run(
            "convlstm-shard",
            [
                "split", "squares-shifted.npy", "--layout", "sequences-first", "--test", "0",
                "--validation", "6", "--output", "untested.shards",
            ], directory: tools.folder.path)
        #expect(split.status == 0, "\(split.stderr)")
        let result = try tools.dist(["evaluate", "--checkpoint", tools.run, "--data", "untested.shards"])
        #expect(result.status == 2)
        #expect(result.stderr.contains("has no test split; it has 20 with --split train and 6 with --split validation"))
    }
}
