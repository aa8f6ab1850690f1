// Checks the documents against the program: their commands are run, and the tests they name are looked up.

import Formats
import Foundation
import TestSupport
import Testing

@Suite struct DocumentationTests {
    /// The commands of Docs/Using.md run in order, in one folder, on fewer sequences and steps.
    ///
    /// The first line that a command prints must be the one below it in the document, except for numbers.
    @Test func everyCommandOfTheManualRuns() throws {
        let examples = try Document("Docs/Using.md").examples
        #expect(examples.count >= 24)
        let folder = try TemporaryFolder()
        try writeClips(to: folder)
        try writeStateDict(to: folder)
        try check(examples, in: folder)
    }

    /// The commands of Docs/Performance.md run, and so do the scripts beside them.
    @Test func everyCommandOfThePerformanceManualRuns() throws {
        let document = try Document("Docs/Performance.md")
        #expect(document.examples.count >= 4)
        try check(document.examples, in: TemporaryFolder())
        for script in ["versus-pytorch", "fit-convolution-plan", "pytorch_peer.py", "over-ethernet"] {
            #expect(FileManager.default.isExecutableFile(atPath: Repository.path + "Benchmarks/Scripts/" + script))
        }
    }

    /// Writes two clips of PNG frames to the folder `radar`.
    private func writeClips(to folder: TemporaryFolder) throws {
        for clip in ["radar/june", "radar/july"] {
            try FileManager.default.createDirectory(atPath: folder.file(clip), withIntermediateDirectories: true)
            for frame in 0..<32 {
                let pixels = (0..<16 * 16 * 3).map { UInt8(($0 + 7 * frame) % 256) }
                let picture = Picture(width: 16, height: 16, channels: 3, pixels: pixels)
                try PNGFile.write(picture, to: folder.file("\(clip)/\(frame).png"))
            }
        }
    }

    /// Writes a state dict with the names and shapes of `official_model_1000.safetensors`.
    private func writeStateDict(to folder: TemporaryFolder) throws {
        var shapes = [("conv3d", [1, 64, 1, 3, 3])]
        for cell in ["encoder_lay_one", "encoder_lay_two", "decoder_lay_one", "decoder_lay_two"] {
            shapes.append((cell + ".conv", [256, cell == "encoder_lay_one" ? 65 : 128, 3, 3]))
        }
        let tensors = shapes.flatMap { name, shape in
            [("weight", shape), ("bias", [shape[0]])].map { part, shape in
                let zeros = [Float](repeating: 0, count: shape.reduce(1, *))
                return SafetensorsFile.Tensor(name: "module.\(name).\(part)", shape: shape, floats: zeros.span)
            }
        }
        try folder.write(SafetensorsFile(tensors: tensors).encoded(), to: "official_model_1000.safetensors")
    }

    /// The system described in Docs/Models.md can be shown and trained by the commands below it.
    @Test func theSystemOfTheManualTrains() throws {
        let folder = try TemporaryFolder(), document = try Document("Docs/Models.md")
        let block = document.lines.drop { $0 != "    # my.yaml" }.prefix { $0.hasPrefix("    ") }
        #expect(block.count > 20)
        try folder.write(Array(block.map { $0.dropFirst(4) }.joined(separator: "\n").utf8), to: "my.yaml")
        #expect(document.examples.count == 2)
        try check(document.examples, in: folder)
        let wrong = block.map { $0.replacingOccurrences(of: "hidden: 16", with: "hiden: 16") }
        try folder.write(Array(wrong.map { $0.dropFirst(4) }.joined(separator: "\n").utf8), to: "my.yaml")
        let refusal = try run("convlstm-dist models my.yaml", in: folder)
        #expect(document.lines.contains("    " + refusal.stderr.trimmingCharacters(in: .newlines)), "\(refusal)")
    }

    /// The commands in Docs/Running.md are valid, alone and in a loop; each is run by one process.
    @Test func theCommandsForHostsAndTimesAreUnderstood() throws {
        let lines = try Document("Docs/Running.md").lines.filter {
            $0.hasPrefix("    ") && $0.contains("convlstm-dist train")
        }
        #expect(lines.count >= 5)
        for line in lines {
            let command = line.prefix { $0 != ";" }.split(separator: " ").drop { $0 != "convlstm-dist" }.map(
                String.init)
            let result = try Command.run(command[0], command.dropFirst() + ["--data", "x.shards", "--print-config"])
            #expect(result.status == 0, "\(line): \(result.stderr)")
        }
    }

    private func check(_ examples: [Document.Example], in folder: TemporaryFolder) throws {
        for example in examples {
            let result = try run(smaller(example.command), in: folder)
            #expect(result.status == 0, "\(example.command): \(result.stderr)")
            guard !example.isOfAnotherMachine, let firstLine = example.firstLine else { continue }
            let printed = (result.stdout + result.stderr).split(separator: "\n").map { withoutNumbers(String($0)) }
            let promised = withoutNumbers(firstLine)
            #expect(printed.contains(promised), "\(example.command) printed \(printed), not \(promised)")
        }
    }

    /// The first three lines of the README work, on a data set with the name that they use.
    @Test func theFirstThreeLinesWork() throws {
        let folder = try TemporaryFolder()
        let lines = try Document("README.md").lines.filter { $0.hasPrefix("    ") && $0.contains("convlstm-") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.count == 3)
        try #require(
            try run("convlstm-shard generate moving-mnist --sequences 120 --output mnist_test_seq.npy", in: folder)
                .status
                == 0)
        for (number, line) in lines.enumerated() {
            let command = line.hasSuffix(" train") ? line + " --steps \(number)" : line
            let result = try run(command, in: folder)
            #expect(result.status == 0, "\(command): \(result.stderr)")
        }
        #expect(try folder.names.contains("mnist_test_seq.shards"))
        #expect(try folder.names.contains("runs"))
    }

    /// Every suite, or folder of suites, that a document names exists.
    @Test func documentsNameTestsThatAre() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.path + "Tests")
        let known = try Document.suites().union(folders)
        let promises = try Document("README.md").lines.filter { $0.hasPrefix("| ") && $0.contains("Tests`") }
        #expect(promises.count >= 15)
        for name in try Document.names {
            for match in try Document(name).lines.joined(separator: "\n").matches(of: /`(\w+Tests)`/) {
                #expect(known.contains(String(match.1)), "\(name) names \(match.1)")
            }
        }
    }

    /// Every link between the documents leads to an existing file.
    @Test func linksLeadSomewhere() throws {
        for name in try Document.names {
            let text = try Document(name).lines.joined(separator: "\n")
            for match in text.matches(of: /\]\(([^)#:]+)\)/) {
                let folder = URL(fileURLWithPath: Repository.path + name).deletingLastPathComponent()
                let path = folder.appendingPathComponent(String(match.1)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(name) links to \(match.1)")
            }
        }
    }

    private func smaller(_ command: String) -> String {
        [
            ("--sequences 2000", "--sequences 120"), ("--validation 0.05 --test 200", "--validation 8 --test 8"),
            ("--steps 150 --checkpoint-every 50", "--steps 2 --checkpoint-every 1"),
        ].reduce(command) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    /// Runs a command line; a final `> FILE` redirects its output.
    private func run(_ line: String, in folder: TemporaryFolder) throws -> CommandResult {
        let halves = line.components(separatedBy: " > ")
        let result = try run(command: halves[0], in: folder)
        if halves.count == 2 { try folder.write(Array(result.stdout.utf8), to: halves[1]) }
        return result
    }

    private func run(command: String, in folder: TemporaryFolder) throws -> CommandResult {
        var words = command.split(separator: " ").map(String.init).filter { $0 != "--oversubscribe" }
        guard words[0] == "mpirun" else {
            return try Command.run(words.removeFirst(), words, directory: folder.path, timeout: 120)
        }
        let ranks = try #require(Int(words[2]), "\(command)")
        return try Mpirun.run(ranks: ranks, words[3], Array(words.dropFirst(4)), directory: folder.path)
    }

    /// Replaces numbers, and the column widths that depend on them.
    private func withoutNumbers(_ line: String) -> String {
        line.replacing(/[0-9][0-9.,]*/, with: "#").replacing(/[ ]+/, with: " ")
            .trimmingCharacters(in: .whitespaces)
    }
}

/// A file of the repository as lines.
private struct Document {
    let lines: [String]

    init(_ path: String) throws {
        lines = try Repository.text(of: path).components(separatedBy: "\n")
    }

    /// The paths of all documents, relative to the repository.
    static var names: [String] {
        get throws {
            let docs = try FileManager.default.subpathsOfDirectory(atPath: Repository.path + "Docs").filter {
                $0.hasSuffix(".md")
            }
            try #require(docs.count > 15)
            return ["README.md"] + docs.map { "Docs/\($0)" }
        }
    }

    /// A command after a `$`, and the first line that it printed.
    struct Example {
        let command: String

        /// The first line; nil if the output was redirected to a file.
        let firstLine: String?

        /// Whether the output depends on the machine.
        var isOfAnotherMachine: Bool { command.contains("doctor") }
    }

    var examples: [Example] {
        zip(lines, lines.dropFirst()).filter { $0.0.hasPrefix("    $ ") }
            .map { Example(command: String($0.dropFirst(6)), firstLine: $0.contains(" > ") ? nil : $1) }
    }

    /// The names of all test suites.
    static func suites() throws -> Set<String> {
        let tests = FileManager.default.enumerator(atPath: Repository.path + "Tests")!
        var names: Set<String> = []
        for case let path as String in tests where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: Repository.path + "Tests/" + path, encoding: .utf8)
            for match in text.matches(of: /@Suite[^\n]*struct (\w+)/) { names.insert(String(match.1)) }
        }
        return names
    }
}
