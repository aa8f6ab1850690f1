// Programs whose standard error or output is full, closed, or has no reader.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct StandardStreamsTests {
    private let tools = try! ToolsExample.shared.get()
    private let dist = Command.path(of: "convlstm-dist"), shard = Command.path(of: "convlstm-shard")

    /// Runs a shell command in the example's folder; `$D` and `$S` are the two programs.
    private func shell(_ line: String, timeout: Double = 60) throws -> CommandResult {
        let variables = ["D": dist, "S": shard].merging(Mpirun.rootIsWelcome) { $1 }
        return try Command.run(
            "bash", ["-c", line], environment: variables, directory: tools.folder.path, timeout: timeout)
    }

    private func training(_ output: String) throws -> String {
        try "$D " + TrainingExample.shared.get().arguments(output, ["--steps", "3"]).joined(separator: " ")
    }

    @Test(arguments: ["2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2> >(head -c 1 >/dev/null)"])
    func aRunOutlivesItsMessages(_ streams: String) throws {
        let output = "run-" + UUID().uuidString
        let result = try shell("\(training(output)) \(streams)")
        #expect(result.status == 0, "\(result)")
        let rows = String(decoding: try tools.folder.bytes(of: output + "/metrics.csv"), as: UTF8.self)
        #expect(rows.split(separator: "\n").count == 4 && !rows.contains("model tiny"), "\(rows)")
        let configuration = String(decoding: try tools.folder.bytes(of: output + "/config.yaml"), as: UTF8.self)
        #expect(configuration.contains("steps: 3\n") && !configuration.contains("step 3/3"), "\(configuration)")
    }

    @Test func aJobOutlivesItsMessages() throws {
        let output = "run-" + UUID().uuidString, job = "mpirun -np 2 \(Mpirun.options.joined(separator: " "))"
        let result = try shell("\(job) bash -c '\(training(output)) 2>/dev/full'", timeout: 120)
        #expect(result.status == 0, "\(result)")
        #expect(FileManager.default.fileExists(atPath: tools.folder.file(output + "/checkpoints/checkpoints.json")))
    }

    @Test(arguments: ["2>/dev/full", "2>&-"])
    func errorsKeepTheirExitCode(_ streams: String) throws {
        for (line, status) in [
            ("$D train --model nosuch", 2), ("$D evaluate --checkpoint nosuch", 1), ("$D train --bogus", 2),
            ("$S split nosuch.npy", 1), ("$S cat x --sequence 0 --output x.gif", 2), ("$S info .", 1),
        ] {
            #expect(try shell("\(line) \(streams)").status == status, "\(line) \(streams)")
        }
    }

    @Test(arguments: [
        "$D models", "$D models small --yaml", "$D models --json", "$D --help", "$D --version", "$D train --help",
        "$D train --model small --data generated --print-config", "$D checkpoint inspect tools",
        "$D checkpoint verify tools", "$D checkpoint list tools",
        // Each locks the run, and has one of its own: these are tried side by side.
        "cp -r tools mended && $D checkpoint repair mended",
        "cp -r tools pruned && $D checkpoint prune pruned --keep 9",
        "$D evaluate --checkpoint tools", "$D evaluate --checkpoint tools --json", "$D bench plan small",
        "$D --generate-completion-script bash", "$S info tiny.shards", "$S verify tiny.shards", "$S --help",
        "$S --version",
        "$S cat tiny.shards --sequence 0 --output $(mktemp -u).npy",
    ])
    func resultsThatCannotBeWrittenAreAnError(_ line: String) throws {
        for (streams, reason) in [(">/dev/full", "no space left on device"), (">&-", "bad file descriptor")] {
            let result = try shell("\(line) \(streams)")
            #expect(result.status == 1, "\(line) \(streams): \(result)")
            #expect(result.stderr.contains("standard output could not be written (\(reason))"), "\(line): \(result)")
        }
    }

    @Test func aReaderThatHasSeenEnoughIsNoFault() throws {
        for line in ["$D models", "$D models --json", "$D --help", "$S --help", "$S info tiny.shards"] {
            let script =
                "import os, subprocess, sys; r, w = os.pipe(); os.close(r); "
                + "print(subprocess.run(sys.argv[1], shell=True, stdout=w).returncode)"
            let result = try shell("python3 -c '\(script)' 'exec \(line)'")
            #expect(result.stdout == "141\n" && result.stderr.isEmpty, "\(line): \(result)")
        }
    }

    @Test func whatIsSaidIsWrittenInOnePlace() throws {
        let sources = Repository.path + "Sources",
            writes = try Regex(#"FileHandle\.standard|(?:^|[^\w.])(?:print|fputs)\("#)
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources).filter { $0.hasSuffix(".swift") }
        for file in files {
            let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
            #expect(file.hasPrefix("Platform/") || text.firstMatch(of: writes) == nil, "\(file)")
        }
    }
}
