import Formats
import Foundation
import TestSupport
import Testing

/// `evaluate --thresholds` on the example's two test sequences of three forecast frames.
@Suite struct ScoresProcessTests {
    let tools = try! ToolsExample.shared.get()
    let folder = try! TemporaryFolder()

    private static let questions = ["--thresholds", "0.1,0.25,0.5", "--scales", "1,4,5", "--pool", "4"]

    private func evaluate(_ options: [String]) -> [String] { ["evaluate", "--checkpoint", tools.run] + options }

    /// Forecasts of the two test sequences, in which every seventh pixel says nothing.
    private func otherForecast(_ shape: [Int] = [2, 3, 24, 24]) throws -> String {
        let path = folder.file("other-\(shape[0])-\(shape[1]).npy")
        let values = (0..<shape.reduce(1, *)).map { pixel -> Float in pixel % 7 == 0 ? .nan : Float(pixel % 23) / 23 }
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        try NpyFile.write(
            bytes.span, header: NpyHeader(type: .float32, shape: shape), to: path)
        return path
    }

    private func list(_ report: [String: Any], _ key: String) throws -> [[String: Any]] {
        try #require(report[key] as? [[String: Any]], "\(key)")
    }

    @Test func ranksThreadsAndBatchesChangeNoBit() throws {
        let command = evaluate(Self.questions + ["--json", "--forecast", try otherForecast()])
        let alone = try tools.dist(command + ["--threads", "1"])
        try #require(alone.status == 0, "\(alone)")
        for ranks in [1, 2, 3] {
            #expect(
                try tools.dist(command + ["--threads", "1"], ranks: ranks).stdout == alone.stdout, "\(ranks) ranks")
        }
        #expect(try tools.dist(command + ["--threads", "3"]).stdout == alone.stdout)
    }

    /// Every third pixel of the truth is missing.
    @Test func missingPixelsAreInNoCountOnAnyRanks() throws {
        let command = evaluate(["--data", try tools.rain(), "--thresholds", "2,10", "--scales", "3", "--threads", "1"])
        let report = try tools.json(command), alone = try tools.dist(command + ["--json"]).stdout
        for ranks in [2, 3] { #expect(try tools.dist(command + ["--json"], ranks: ranks).stdout == alone) }
        let persistence = try #require(report["persistence"] as? [String: Any])
        for all in try [#require(list(report, "continuous").last), #require(list(persistence, "continuous").last)] {
            #expect(all["pixels"] as? Int == 3 * 3 * 384 && all["counted"] as? Double == 2 / 3.0)
            #expect(all["b_mse"] is Double)
        }
        #expect(report["unit"] as? String == "mm/h")
        for key in ["forecast", "copy_last_frame", "mean_image"] {
            let errors = try #require(report[key] as? [String: Any]),
                mean = try #require(errors["mean"] as? [String: Any])
            #expect(errors["counted"] as? Double == 2 / 3.0 && mean["mse"] is Double)
            // No window of 7 x 7 is without a missing pixel.
            #expect(mean["ssim"] is NSNull)
        }
        let text = try tools.dist(command).stdout
        #expect(text.contains("\nx >= 2 mm/h\n") && text.contains("\nErrors in mm/h\n") && text.contains(" 66.7 %\n"))
        #expect(text.contains("Counted: network 66.7 %, last 66.7 %, mean 66.7 %."))
        #expect(
            text.contains("B-MAE, B-MSE: weights 1, 2 from 2, 5 from 5, 10 from 10, 30 from 30.")
                && text.contains(" - "))
    }

    @Test func everyThresholdAndLeadHasItsRow() throws {
        let report = try tools.json(evaluate(Self.questions + ["--forecast", "mine=\(otherForecast())"]))
        let scores = try list(report, "scores")
        #expect(scores.count == 3 * 4 && report["unit"] is NSNull && report["event"] as? String == "x >= t")
        let keys = [
            "threshold", "lead", "hits", "misses", "false_alarms", "correct_negatives", "pod", "far", "csi", "hss",
            "bias",
            "ets",
        ]
        for row in scores { #expect(Set(row.keys) == Set(keys)) }
        let thresholds = scores.map { $0["threshold"] as? Double }
        #expect(thresholds == [0.1, 0.1, 0.1, 0.1, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5])
        #expect(scores.prefix(4).map { $0["lead"] as? Int } == [1, 2, 3, nil] && scores[3]["lead"] is NSNull)
        let hits = try scores.prefix(4).map { try #require($0["hits"] as? Int) }
        #expect(hits[3] == hits[0] + hits[1] + hits[2])
        #expect(try list(report, "fss").count == 3 * 3 * 4 && list(report, "pooled").count == 3 * 4)
        let continuous = try list(report, "continuous")
        #expect(continuous.count == 4 && continuous[3]["pixels"] as? Int == 2 * 3 * 576)
        #expect(continuous[3]["b_mse"] is NSNull && continuous[3]["counted"] as? Double == 1)
        let persistence = try #require(report["persistence"] as? [String: Any])
        #expect(try list(persistence, "scores").count == 12 && list(persistence, "fss").count == 36)
        let others = try list(report, "forecasts")
        #expect(others.count == 1 && others[0]["name"] as? String == "mine")
        #expect(try list(others[0], "continuous")[3]["pixels"] as? Int == 2 * 3 * 576 - 494)
        #expect(others[0]["counted"] as? Double == 1 - 494 / 3456.0)
    }

    @Test func theTableIsByThresholdAndLead() throws {
        let result = try tools.dist(evaluate(Self.questions + ["--forecast", "mine=\(otherForecast())"]))
        #expect(result.status == 0, "\(result.stderr)")
        let lines = result.stdout.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex(of: "x >= 0.25"))
        let rows = lines[(start + 1)...].map { $0.split(separator: " ").map(String.init) }
        #expect(rows[0].joined(separator: " ") == "lead forecast CSI POD FAR HSS bias ETS FSS 1 FSS 4 FSS 5 CSI 4")
        #expect(rows[2].prefix(2) == ["1", "network"] && rows[3][0] == "last" && rows[4][0] == "mine")
        #expect(rows[5].prefix(2) == ["2", "network"] && rows[11].prefix(2) == ["all", "network"])
        #expect(lines[start...].allSatisfy { $0.count <= 100 }, "\(lines)")
        #expect(result.stdout.contains("Missing pixels are in no metric"))
        #expect(result.stdout.contains("Counted: network 100.0 %, last 100.0 %, mean 100.0 %, mine 85.7 %."))
    }

    @Test func theFileHasALineForEachScore() throws {
        let csv = folder.file("scores.csv")
        let result = try tools.dist(evaluate(Self.questions + ["--csv", csv, "--metrics", "sevir"]))
        #expect(result.status == 0, "\(result.stderr)")
        let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines[0] == "forecast,score,lead,threshold,scale,pool,value")
        // For each predictor and lead: 16 numbers of a table, plain and pooled, three FSS, and eight errors.
        let means = 2 * (3 + 1) * (6 + 3 + 1)
        #expect(lines.count == 1 + 2 * 4 * (3 * (16 + 3 + 16) + 8) + means)
        #expect(
            lines.contains { $0.hasPrefix("network,csi,1,0.25,,,") }
                && lines.contains { $0.hasPrefix("last,fss,all,0.5,4,,") })
        #expect(lines.contains { $0.hasPrefix("network,csi,mean,mean,,4,") })
        #expect(lines.allSatisfy { $0.count { $0 == "," } == 6 })
    }

    /// A convention's means are there for it alone, and means of lead times' scores.
    @Test(arguments: ["hko7", "sevir", "pysteps", "standard"]) func conventionsHaveNames(name: String) throws {
        let report = try tools.json(evaluate(Self.questions + ["--metrics", name]))
        #expect(report["metrics"] as? String == name)
        #expect(report["event"] as? String == (name == "pysteps" ? "x > t" : "x >= t"))
        let means = report["means"] as? [[String: Any]], hasMeans = name == "hko7" || name == "sevir"
        #expect((means != nil) == hasMeans)
        guard let means else { return }
        let csi = try list(report, "scores").prefix(3).map { try #require($0["csi"] as? Double) }
        let row = means.first { $0["score"] as? String == "csi" && $0["threshold"] as? Double == 0.1 }
        let mean = try #require(row?["value"] as? Double), expected: Double = csi.reduce(0, +) / 3
        #expect(abs(mean - expected) < 1e-15)
        #expect(means.contains { $0["threshold"] is NSNull } == (name == "sevir"))
    }

    /// The forecasts that are kept have the same scores as the network's, and the truths are perfect forecasts.
    @Test(arguments: [0, 1, 3]) func whatIsKeptIsWhatWasScored(ranks: Int) throws {
        let kept = folder.file("kept")
        let command = evaluate(Self.questions + ["--save-forecasts", kept, "--batch-size", "1", "--threads", "1"])
        let report = try tools.json(command, ranks: ranks)
        let again = try tools.json(
            ["evaluate", "--data", "tiny.shards", "--input-frames", "3"] + Self.questions + [
                "--forecast", "mine=\(kept)/forecast.npy", "--forecast", "\(kept)/truth.npy",
            ])
        let others = try list(again, "forecasts")
        #expect(try list(others[0], "scores") as NSArray == list(report, "scores") as NSArray)
        #expect(try list(others[0], "fss") as NSArray == list(report, "fss") as NSArray)
        #expect(try list(others[0], "continuous") as NSArray == list(report, "continuous") as NSArray)
        #expect(others[1]["name"] as? String == "truth")
        for row in try list(others[1], "scores") {
            #expect(row["csi"] as? Double == 1 && row["false_alarms"] as? Int == 0)
        }
        #expect(again["checkpoint"] == nil && again["scores"] == nil && again["input_frames"] as? Int == 3)
        #expect(again["persistence"] as? NSDictionary == report["persistence"] as? NSDictionary)
        #expect(try Folder.names(in: kept)?.sorted() == ["forecast.npy", "truth.npy"])
    }

    @Test func badInputGetsOneSentence() throws {
        let other = try otherForecast()
        let short = tools.folder.file("short.npy")
        let cases: [([String], Int32, String)] = [
            (["--thresholds", "0.5,0.25"], 2, "--thresholds is \"0.5,0.25\"; give up to 32 finite numbers, ascending"),
            (["--thresholds", "1,nan"], 2, "--thresholds is \"1,nan\""),
            (["--thresholds", "1,,2"], 2, "--thresholds is \"1,,2\""),
            (["--thresholds", "inf"], 2, "--thresholds is \"inf\""),
            (["--thresholds", "0.5", "--scales", "0,3"], 2, "--scales is \"0,3\"; give up to 32 whole numbers from 1"),
            (["--thresholds", "0.5", "--scales", "25"], 2, "--scales has 25, and frames are of 24 x 24 x 1"),
            (["--thresholds", "0.5", "--pool", "4,32"], 2, "--pool has 32, and frames are of 24 x 24 x 1"),
            (["--thresholds", "0.5", "--pool", "1"], 2, "--pool is \"1\""),
            (["--scales", "3"], 2, "--scales, --pool and --csv are about events; give --thresholds as well"),
            (
                ["--thresholds", "0.5", "--csv", "nowhere/x.csv"], 2,
                "--csv nowhere/x.csv is a folder, or its folder does not exist"
            ),
            (["--forecast", "nowhere.npy"], 1, "nowhere.npy"),
            (["--forecast", short], 2, "has the shape [2, 24, 24]; forecasts have the axes"),
            (
                ["--forecast", try otherForecast([3, 3, 24, 24])], 2,
                "has the shape [3, 3, 24, 24], and the forecasts to compare have [2, 3, 24, 24]: 2 sequences of 3 frames"
            ),
            (["--forecast", "a=\(other)", "--forecast", "a=\(other)"], 2, "a is the name of another forecast"),
            (["--forecast", "last=\(other)"], 2, "last is the name of another forecast"),
            (
                ["--save-forecasts", "tiny.shards"], 2,
                "tiny.shards exists and is not an empty folder; remove it, or give another --save-forecasts"
            ),
            (["--metrics", "hko"], 2, "'hko'"),
            (["--forecast", other, "--input-frames", "3"], 2, "--input-frames is told by --checkpoint"),
        ]
        for (options, status, sentence) in cases {
            let result = try tools.dist(evaluate(options))
            #expect(result.status == status && result.stderr.contains(sentence), "\(options): \(result)")
            #expect(result.stderr.split(separator: "\n").count == 1 && result.stdout == "", "\(options): \(result)")
        }
    }

    @Test func withoutACheckpointOthersNeedData() throws {
        let other = try otherForecast(), long = try otherForecast([2, 6, 24, 24])
        let cases: [([String], String)] = [
            ([], "there is nothing to forecast with; give --checkpoint"),
            (["--forecast", other], "give --data with the folder of a data set"),
            (["--forecast", other, "--data", "tiny.shards"], "give --input-frames with the number of frames"),
            (["--forecast", other, "--data", "tiny.shards", "--input-frames", "0"], "--input-frames is 0"),
            (
                ["--forecast", other, "--data", "tiny.shards", "--input-frames", "3", "--save-forecasts", "x"],
                "--save-forecasts keeps the forecasts of a network"
            ),
            (
                ["--forecast", long, "--data", "tiny.shards", "--input-frames", "3"],
                "forecasts 6 frames, and tiny.shards has sequences of 6, of which --input-frames 3 leaves 3"
            ),
        ]
        for (options, sentence) in cases {
            let result = try tools.dist(["evaluate"] + options)
            #expect(result.status == 2 && result.stderr.contains(sentence), "\(options): \(result)")
            #expect(result.stderr.split(separator: "\n").count == 1 && result.stdout == "", "\(options): \(result)")
        }
    }
}
