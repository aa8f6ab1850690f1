import Reports
import Foundation
import TestSupport
import Testing

/// The subcommands of `bench`, as used by people and by scripts.
@Suite struct BenchCommandTests {
    let tools = try! ToolsExample.shared.get()

    /// Benchmarks the example's small network, alone or under mpirun, and returns the printed line as an object.
    private func step(_ options: [String] = [], ranks: Int = 0) throws -> [String: Any] {
        let arguments = ["bench", "step", try systemFile(), "--steps", "3"] + options + ["--json"]
        let result = try tools.dist(arguments, ranks: ranks)
        try #require(result.status == 0, "\(result)")
        #expect(result.stdout.split(separator: "\n").count == 1, "\(result.stdout)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any])
    }

    /// Writes a system with wide layers, which use Winograd convolution, and one whose kernel has no such algorithm.
    private func systemFile() throws -> String {
        let yaml = """
            name: wide
            sequences: {inputFrames: 3, outputFrames: 3, generator: {size: 32}}
            batchSize: 2
            network:
              encoder: [{name: one, convLSTM: {hidden: 32, kernel: 5}}, {name: two, convLSTM: {hidden: 2, kernel: 1}}]
              forecaster: [{name: three, convLSTM: {hidden: 32, kernel: 5, initialState: one}}]
              forecasterInput: {zeros: {channels: 2}}
              readout: [{name: readout, convolution: {filters: 1, kernel: 1}}]
            """
        return try tools.folder.write(Array(yaml.utf8), to: "wide-\(UUID().uuidString).yaml")
    }

    private let peerFields = [
        "preset", "variant", "parameters", "ranks", "threads", "batch_per_rank", "step_s", "min_step_s",
        "sequences_per_s", "peak_rss_mb",
    ]

    @Test func aStepHasTheFieldsOfItsPeer() throws {
        let it = try step(["--batch", "3"])
        #expect(Set(peerFields).isSubset(of: it.keys))
        #expect(it["preset"] as? String == "wide" && it["variant"] as? String == "automatic")
        #expect(it["ranks"] as? Int == 1 && it["threads"] as? Int == 1 && it["batch_per_rank"] as? Int == 3)
        let number = { (name: String) in try #require(it[name] as? Double, "\(name)") }
        let median = try number("step_s"), shortest = try number("min_step_s")
        #expect(shortest > 0 && shortest <= median)
        #expect(try abs(number("sequences_per_s") * median / 3 - 1) < 0.01)
        let phases = try ["load_s", "forward_s", "backward_s", "reduce_s", "update_s"].map(number)
        #expect(phases.allSatisfy { $0 >= 0 } && phases[1] > 0 && phases[2] > 0 && phases.reduce(0, +) < 2 * median)
        #expect(try number("peak_rss_mb") > 5 && number("gflops") > 0)
    }

    /// The count is three times that of the forward pass, with two operations per multiply-add, over the sequences of
    /// all ranks.
    @Test func operationsAreThoseOfDirectConvolution() throws {
        let it = try step(["--batch", "2"]), model = try tools.json(["models", systemFile()])
        let forward = try #require(model["multiply_adds"] as? Double)
        let counted = it["gflops"] as! Double * (it["step_s"] as! Double)
        let expected = 6e-9 * forward * 2
        #expect(abs(counted - expected) < 0.05 * expected + 0.1 * (it["step_s"] as! Double))
        #expect(it["parameters"] as? Int == model["parameters"] as? Int)
    }

    @Test func everyWayOfConvolvingHasTheSameLoss() throws {
        let losses = try ["im2col", "automatic", "winograd"].map { algorithm in
            let it = try step(["--convolution", algorithm])
            #expect(it["variant"] as? String == algorithm && it["batch_per_rank"] as? Int == 2)
            return try #require(it["loss"] as? Double)
        }
        #expect(losses[0] > 0 && losses.allSatisfy { abs($0 - losses[0]) < 1e-4 * losses[0] }, "\(losses)")
    }

    /// All ranks have the same noise, so that the sum of their gradients equals that of one rank's batch.
    @Test func ranksAddUpTheirGradients() throws {
        let alone = try step(["--batch", "2"]), two = try step(["--batch", "2"], ranks: 2)
        #expect(two["ranks"] as? Int == 2 && two["batch_per_rank"] as? Int == 2)
        #expect(abs((two["loss"] as! Double) - (alone["loss"] as! Double)) < 1e-5)
        let rate = two["sequences_per_s"] as! Double, median = two["step_s"] as! Double
        #expect(abs(rate * median / 4 - 1) < 0.01 && (two["reduce_s"] as! Double) > 0)
    }

    private func forecast(_ options: [String] = [], ranks: Int = 0) throws -> [String: Any] {
        try tools.json(["bench", "forecast", systemFile(), "--steps", "2"] + options, ranks: ranks)
    }

    @Test func aForecastIsTimedAndWeighed() throws {
        let it = try forecast(["--batch", "3"]), model = try tools.json(["models", systemFile()])
        #expect(it["preset"] as? String == "wide" && it["variant"] as? String == "automatic")
        #expect(it["ranks"] as? Int == 1 && it["threads"] as? Int == 1 && it["batch_per_rank"] as? Int == 3)
        #expect(it["frames"] as? Int == 3 && it["parameters"] as? Int == model["parameters"] as? Int)
        let number = { (name: String) in try #require(it[name] as? Double, "\(name)") }
        let median = try number("forecast_s"), shortest = try number("min_forecast_s")
        #expect(shortest > 0 && shortest <= median)
        #expect(try abs(number("sequences_per_s") * median / 3 - 1) < 0.01)
        let expected = try 2e-9 * 3 * #require(model["multiply_adds"] as? Double)
        #expect(try abs(number("gflops") * median - expected) < 0.05 * expected + 0.1 * median)
        #expect(try number("peak_rss_mb") > 5 && number("mean").isFinite)
        let words = try tools.dist(["bench", "forecast", systemFile(), "--steps", "1", "--batch", "2"]).stdout
        #expect(words.contains("1 rank of 1 thread, 2 sequences per rank, 3 frames forecast of each, 1 forecast timed"))
    }

    /// The mean is over all numbers of all forecasts, of which no bit may change.
    @Test func threadsForecastTheSame() throws {
        let alone = try forecast(["--batch", "5"]),
            means = try [2, 3].map { threads in
                try forecast(["--batch", "5", "--threads", "\(threads)"])["mean"] as? Double
            }
        #expect(means == [alone["mean"] as? Double, alone["mean"] as? Double])
        let two = try forecast(["--batch", "5"], ranks: 2)
        #expect(two["ranks"] as? Int == 2 && two["mean"] as? Double == alone["mean"] as? Double)
    }

    /// A forecast keeps nothing for a backward pass: with long sequences, most of what a step takes.
    @Test func aForecastTakesLessMemoryThanAStep() throws {
        let file = try tools.folder.write(
            Array(
                """
                name: long
                sequences: {inputFrames: 40, outputFrames: 40, generator: {size: 64, frames: 80}}
                batchSize: 2
                network:
                  encoder: [{name: one, convLSTM: {hidden: 16, kernel: 3}}]
                  forecaster: [{name: two, convLSTM: {hidden: 16, kernel: 3, initialState: one}}]
                  readout: [{name: readout, convolution: {filters: 1, kernel: 1}}]
                """.utf8), to: "long-\(UUID().uuidString).yaml")
        let step = try tools.json(["bench", "step", file, "--steps", "1"])["peak_rss_mb"] as! Int
        let forecast = try tools.json(["bench", "forecast", file, "--steps", "1"])["peak_rss_mb"] as! Int
        #expect(forecast * 2 < step, "\(forecast) MB and \(step) MB")
    }

    @Test func thePlanNamesEveryLayer() throws {
        let file = try systemFile(), plan = try tools.json(["bench", "plan", file])
        let layers = try #require(plan["layers"] as? [[String: Any]])
        #expect(layers.map { $0["layer"] as! String } == ["one", "two", "three"])
        #expect(layers.map { $0["algorithm"] as! String } == ["winograd", "im2col", "winograd"])
        #expect(layers.map { $0["input_channels"] as! Int } == [1, 32, 0])
        let cost = try #require(layers[2]["winograd"] as? [String: Double])
        #expect(Set(cost.keys) == ["multiply_adds", "bytes", "seconds"] && cost.values.allSatisfy { $0 > 0 })
        #expect(layers[1]["winograd"] == nil && layers[1]["im2col"] != nil)
        let forced = try tools.json(["bench", "plan", file, "--convolution", "im2col"])
        #expect((forced["layers"] as! [[String: Any]]).allSatisfy { $0["algorithm"] as! String == "im2col" })
        #expect((forced["activation_bytes"] as! Int) < plan["activation_bytes"] as! Int)
        let table = try tools.dist(["bench", "plan", "neural-scene"]).stdout
        #expect(table.contains("enco_cl1  16 x 16  5 x 5   16 + 128  winograd"), "\(table)")
    }

    /// Every smaller number of ranks is measured within the job; the last ones share a batch of two among three ranks.
    @Test func scalingIsMeasuredOnPartsOfTheJob() throws {
        let options = ["bench", "scaling", try systemFile(), "--batch", "2", "--steps", "2", "--gbit", "1"]
        let it = try tools.json(options, ranks: 3), steps = try #require(it["steps"] as? [[String: Any]])
        #expect(steps.map { $0["ranks"] as! Int } == [1, 2, 3])
        #expect(steps.map { $0["shared_step_s"] != nil } == [true, true, false])
        #expect(abs(steps[0]["efficiency"] as! Double - 1) < 1e-9)
        let times = steps.map { $0["step_s"] as! Double }
        #expect(zip(steps, times).allSatisfy { abs($0["efficiency"] as! Double * $1 / times[0] - 1) < 1e-6 })

        let bytes = it["gradient_bytes"] as! Int, rows = it["all_reduce"] as! [[String: Double]]
        #expect(rows.last!["bytes"] == Double(bytes) && rows.count >= 4 && rows.allSatisfy { $0["seconds"]! > 0 })
        // On a busy machine no size may take longer than another: the line is flat then, and never falls.
        let fit = it["fit"] as! [String: Double], slope = try #require(fit["seconds_per_byte"])
        #expect(it["ordered_s"] as! Double > 0 && it["rounded_s"] as! Double > 0)
        #expect(slope >= 0 && fit["latency"]! >= 0 && fit["latency"]! + slope > 0)
        let predictions = it["predictions"] as! [[String: Any]], first = predictions[0]
        #expect(predictions.count == 20 && first["algorithm"] as! String == "ring" && first["ranks"] as! Int == 2)
        let expected = 2 * 30e-6 + Double(bytes) * (8e-9 + 0.5 * (it["sum_s"] as! Double))
        #expect(abs(first["exchange_seconds"] as! Double / expected - 1) < 1e-9)
        #expect(abs(first["efficiency"] as! Double * (times[0] + expected) / times[0] - 1) < 1e-9)
    }

    @Test func aPersonGetsTablesOfScaling() throws {
        let options = ["bench", "scaling", try systemFile(), "--steps", "1", "--batch", "1"]
        let alone = try tools.dist(options).stdout, two = try tools.dist(options, ranks: 2).stdout
        #expect(alone.contains("1 rank of 1 thread") && alone.contains("One rank has nothing to exchange"), "\(alone)")
        for part in ["2 ranks of 1 thread", "all-reduce ms", "Fit: ", "10 Gbit/s ring  10 Gbit/s tree", "\n1024 "] {
            #expect(two.contains(part), "\(two)")
        }
    }

    @Test func aPersonGetsATable() throws {
        let text = try tools.dist(["bench", "step", systemFile(), "--steps", "1", "--batch", "1"]).stdout
        for part in ["wide, automatic: 1 rank of 1 thread, 1 sequence per rank, 1 step timed", "backward", "GFLOP/s"] {
            #expect(text.contains(part), "\(text)")
        }
    }

    /// Single precision leaves seven digits, and Winograd convolution one or two fewer than plain products.
    @Test func accuracyIsThatOfSinglePrecision() throws {
        let it = try tools.json(["bench", "accuracy", systemFile(), "--batch", "2", "--convolution", "winograd"])
        let rows = try #require(it["deviations"] as? [[String: Any]])
        #expect(rows.first?["name"] as? String == "output" && rows.count == 12)
        for row in rows {
            let name = row["name"] as! String
            let deviation = row["deviation"] as! Double, im2col = row["im2col_deviation"] as! Double
            // The output of the second layer is unused, and the third layer reads zeros.
            if name.hasPrefix("two") || name == "three.input.kernel" {
                #expect(im2col == 0 && deviation == 0, "\(row)")
            } else {
                #expect(im2col > 0 && im2col < 1e-5 && deviation > 0 && deviation < 3e-5, "\(row)")
            }
        }
    }

    @Test(arguments: [
        Refusal(options: ["accuracy", "small", "--batch", "0"], sentence: "--batch is 0; give a number from 1"),
        Refusal(options: ["step", "unet"], sentence: "there is no model unet; choose one of: small"),
        Refusal(options: ["plan", "smal"], sentence: "there is no model smal; did you mean small?"),
        Refusal(options: ["step", "small", "--steps", "0"], sentence: "--steps is 0; give a number from 1"),
        Refusal(options: ["step", "small", "--batch", "0"], sentence: "--batch is 0; give a number from 1"),
        Refusal(options: ["step", "small", "--threads", "0"], sentence: "--threads is 0; give a number from 1"),
        Refusal(options: ["forecast", "small", "--batch", "0"], sentence: "--batch is 0; give a number from 1"),
        Refusal(options: ["forecast", "smal"], sentence: "small"),
        Refusal(
            options: ["step", "small", "--batch", "99000"], sentence: "GB are available; choose a smaller --batch"),
        Refusal(options: ["step", "small", "--convolution", "fast"], sentence: "'fast' is invalid for '--convolution"),
        Refusal(options: ["scaling", "smal"], sentence: "there is no model smal; did you mean small?"),
        Refusal(options: ["scaling", "small", "--gbit", "0"], sentence: "--gbit is 0.0; give a number from 0.001"),
        Refusal(options: ["scaling", "small", "--latency", "nan"], sentence: "--latency is nan; give a number from 0"),
        Refusal(
            options: ["scaling", "small", "--batch", "99000"], sentence: "GB are available; choose a smaller --batch"),
        Refusal(options: ["step"], sentence: "Missing expected argument"),
    ])
    func badInputGetsOneSentence(refusal: Refusal) throws {
        // `bench plan` is for one process only, and would report that first.
        for ranks in refusal.options[0] == "plan" ? [0] : [0, 2] {
            let result = try tools.dist(["bench"] + refusal.options, ranks: ranks)
            #expect(result.status == refusal.status && result.stdout.isEmpty, "\(result)")
            let complaints = result.stderr.split(separator: "\n").filter { $0.contains(refusal.sentence) }
            #expect(complaints.count == 1, "\(result.stderr)")
        }
    }
}
