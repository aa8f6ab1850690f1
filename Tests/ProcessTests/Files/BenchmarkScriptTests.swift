import Foundation
import TestSupport
import Testing

/// The scripts of Benchmarks/Scripts, with a stand-in on machines without PyTorch.
@Suite struct BenchmarkScriptTests {
    private static let folder = Repository.path + "Benchmarks/Scripts"

    private func versus(
        _ options: [String], python: String, environment: [String: String] = [:]
    ) throws -> CommandResult {
        try Command.run(
            "python3",
            [Self.folder + "/versus-pytorch", "--python", python, "--convlstm-dist", Command.path(of: "convlstm-dist")]
                + options,
            environment: environment)
    }

    /// A program that answers like Python with PyTorch 9.9, whose steps take 1000 s, or 900 s if compiled.
    private func fakePython(in folder: TemporaryFolder) throws -> String {
        let script = """
            #!/bin/sh
            if [ "$1" = -c ]; then echo 9.9; exit; fi
            case "$*" in *compile*) step=900 ;; *) step=1000 ;; esac
            case "$1" in */pytorch_forecast_peer.py) field=forecast_s ;; *) field=step_s ;; esac
            echo "{\\"$field\\": $step, \\"peak_rss_mb\\": 1000000}"
            """
        let file = try folder.write(Array(script.utf8), to: "python")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        return file
    }

    /// With a pysteps whose rain stands still, the extrapolation has the scores of persistence.
    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func anExtrapolationIsScored() throws {
        let folder = try TemporaryFolder()
        func shard(_ line: String) throws {
            let result = try Command.run(
                "convlstm-shard", line.split(separator: " ").map(String.init), directory: folder.path)
            try #require(result.status == 0, "\(result)")
        }
        try shard("generate rain --sequences 6 --frames 8 --size 48 --output rain.npy")
        try shard("split rain.npy --axes NTHW --missing nan --unit mm/h --validation 0 --test 2 --output rain.shards")
        let tools = URL(fileURLWithPath: Command.path(of: "convlstm-shard")).deletingLastPathComponent().path
        let printed = try Python.run(
            """
            import os, sys, runpy, numpy as n
            from types import ModuleType, SimpleNamespace as S
            os.chdir(sys.argv[1]); os.environ['PATH'] = sys.argv[2] + ':' + os.environ['PATH']
            def module(name, **parts):
                made = sys.modules[name] = ModuleType(name)
                vars(made).update(parts)
                return made
            transform = lambda rain, threshold, zerovalue: (n.where(rain < threshold, zerovalue, rain), {})
            utils = module('pysteps.utils', transformation=S(dB_transform=transform))
            motion = module('pysteps.motion', get_method=lambda name: lambda seen: 0 * seen[:2])
            still = lambda last, velocity, frames: n.repeat(last[None], frames, 0)
            module('pysteps', utils=utils, motion=motion, nowcasts=S(get_method=lambda name: still))
            sys.argv = ['script', 'rain.shards', '--inputs', '3', '--output', 'still.npy']
            runpy.run_path('\(Self.folder)/pysteps-extrapolation', run_name='__main__')
            """, [folder.path, tools])
        #expect(printed.contains("sequence 4: ") && printed.contains("sequence 5: "), "\(printed)")
        let scored = try Command.run(
            "convlstm-dist",
            [
                "evaluate", "--data", "rain.shards", "--input-frames", "3", "--thresholds", "0.5,2", "--forecast",
                "still=still.npy", "--csv", "scores.csv",
            ], directory: folder.path)
        try #require(scored.status == 0, "\(scored)")
        let rows = String(decoding: try folder.bytes(of: "scores.csv"), as: UTF8.self).split(separator: "\n")
        let still = rows.filter { $0.hasPrefix("still,") }.map { $0.dropFirst(6) }
        #expect(still == rows.filter { $0.hasPrefix("last,") }.map { $0.dropFirst(5) } && still.count > 100)
    }

    @Test func theBestFloat32VariantIsCompared() throws {
        let folder = try TemporaryFolder()
        let options = ["keras-stack", "--batch", "1", "--steps", "1", "--rounds", "1", "--bf16"]
        let result = try versus(
            options, python: fakePython(in: folder), environment: ["OPENBLAS_CORETYPE": "Haswell"])
        try #require(result.status == 0, "\(result)")
        let row = try #require(result.stdout.split(separator: "\n").last { $0.hasPrefix("| keras-stack") })
        let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        try #require(cells.count == 12, "\(row)")
        let ours = try #require(Double(cells[2])), ratio = try #require(Double(cells[5]))
        let bf16 = try #require(Double(cells[7]))
        #expect(cells[1] == "1" && cells[3] == "900.0000" && cells[4] == "compile")
        #expect(abs(ratio * ours / 900 - 1) < 0.01 && abs(bf16 * ours / 1000 - 1) < 0.01)
        #expect(result.stdout.contains("PyTorch 9.9"))
        #expect(result.stdout.contains("not passed on to convlstm-dist: OPENBLAS_CORETYPE"))
    }

    /// Two programs that answer like `bench` with known times, one of them twice as long as the other.
    @Test(arguments: ["step", "forecast"]) func buildsTakeTurns(kind: String) throws {
        let folder = try TemporaryFolder()
        for (name, time) in [("before", 2.0), ("after", 1.0)] {
            let script = """
                #!/bin/sh
                echo $0 >> calls
                if [ "$1" = --version ]; then echo 9.9; echo more; else echo '{"min_\(kind)_s": \(time)}'; fi
                """
            let file = try folder.write(Array(script.utf8), to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        }
        var options = ["--preset", "small", "--batch", "3", "--rounds", "2"]
        if kind == "forecast" { options.append("--forecast") }
        func run(_ builds: [String], _ options: [String]) throws -> CommandResult {
            try Command.run("python3", [Self.folder + "/versus-build"] + builds + options, directory: folder.path)
        }
        let result = try run(["./before", "./after"], options)
        try #require(result.status == 0, "\(result)")
        #expect(result.stdout.contains("| small | 3 | ./before | 2.0000 | 2.0000 | 1.000 |  |"), "\(result)")
        #expect(result.stdout.contains("| small | 3 | ./after | 1.0000 | 1.0000 | 0.500 | 2 of 2 |"))
        #expect(result.stdout.contains("./after: 9.9, more\n"))
        let calls = String(decoding: try folder.bytes(of: "calls"), as: UTF8.self).split(separator: "\n")
        #expect(calls == (0..<3).flatMap { _ in ["./before", "./after"] })
        for (builds, options, sentence) in [
            (["./before"], options, "name another to compare it with"),
            (["./before", "./before"], options, "named twice"),
            (["./before", "./after"], ["--preset", "small"], "add --batch"),
            (["./before", "./nowhere"], options, "./nowhere could not be started"),
            (["./before", "/bin/echo"], options, "printed no min_\(kind)_s"),
            (["/bin/true", "./before"], options, "printed no min_\(kind)_s"),
        ] {
            let refused = try run(builds, options)
            #expect(refused.status == 2 && refused.stdout.isEmpty)
            #expect(refused.stderr.split(separator: "\n").last?.contains(sentence) == true, "\(refused.stderr)")
        }
    }

    @Test func forecastsAreComparedWithBothPeers() throws {
        let folder = try TemporaryFolder()
        let options = ["keras-stack", "--batch", "1", "--steps", "1", "--rounds", "1", "--forecast", "--onnxruntime"]
        let result = try versus(options, python: fakePython(in: folder))
        try #require(result.status == 0, "\(result)")
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.contains { $0.contains("variant | ratio | onnxruntime s | ratio | GFLOP/s") }, "\(result)")
        let row = try #require(lines.last { $0.hasPrefix("| keras-stack") })
        let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        let ours = try #require(Double(cells[2])), ratio = try #require(Double(cells[5]))
        #expect(ours > 0 && cells[3] == "900.0000" && cells[4] == "compile" && cells[6] == "1000.0000")
        #expect(abs(ratio * ours / 900 - 1) < 0.01)
        #expect(result.stdout.contains("medians of 1 rounds of 1 forecasts"))
    }

    @Test(arguments: [
        (["smal"], "/bin/false", "there is no peer of smal; choose of: neural-scene"),
        (["keras-stack"], "/nowhere/python", "/nowhere/python could not be started"),
        (["keras-stack"], "/bin/false", "/bin/false -c import torch"),
        (["--rounds", "0"], "/bin/false", "0 is no number from 1 on"),
        (["--onnxruntime"], "/bin/false", "--onnxruntime is for forecasts; add --forecast"),
        (["--bf16", "--forecast"], "/bin/false", "--bf16 is for training steps; leave out --forecast"),
    ])
    func badInputGetsOneSentence(options: [String], python: String, sentence: String) throws {
        let result = try versus(options, python: python)
        #expect(result.status == 2 && result.stdout.isEmpty)
        #expect(result.stderr.split(separator: "\n").last?.contains(sentence) == true, "\(result.stderr)")
    }

    /// The forecasting peer has the same systems.
    @Test(.enabled(if: Python.has("torch"))) func thePeerForecasts() throws {
        let script =
            "import runpy, sys; sys.path.insert(0, '\(Self.folder)'); "
            + "sys.argv = ['peer', 'neural-scene', '--batch', '1', '--steps', '1']; "
            + "runpy.run_path('\(Self.folder)/pytorch_forecast_peer.py', run_name='__main__')"
        let line = try Python.run(script)
        let it = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(it["parameters"] as? Int == 8_386_576 && (it["forecast_s"] as! Double) > 0)
        #expect(!FileManager.default.fileExists(atPath: Self.folder + "/__pycache__"))
    }

    /// With PyTorch installed, every system must have as many parameters as the preset of its name.
    @Test(.enabled(if: Python.has("torch")), arguments: [("keras-stack", 406_681), ("pytorch-seq2seq", 1_036_097)])
    func thePeerIsTheSystem(preset: String, parameters: Int) throws {
        let script =
            "import runpy, sys; sys.argv = ['peer', '\(preset)', '--batch', '1', '--steps', '1']; "
            + "runpy.run_path('\(Self.folder)/pytorch_peer.py', run_name='__main__')"
        let line = try Python.run(script)
        let it = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(it["parameters"] as? Int == parameters && (it["step_s"] as! Double) > 0)
    }
}
