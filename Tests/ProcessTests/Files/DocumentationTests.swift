// Checks the documents against the program: their commands are run, and the tests they name are looked up.

import Formats
import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct DocumentationTests {
    /// The commands of a page in their order, in one folder, on fewer sequences and steps.
    ///
    /// The first line that a command printed must be the one below it in the document, numbers aside.
    @Test(arguments: [
        ("Tutorial/first-run", 6), ("Tutorial/own-data", 7), ("Tutorial/own-radar", 7), ("HowTo/train", 6),
        ("HowTo/import-weights", 7),
        ("HowTo/measure-speed", 5), ("HowTo/data-sets", 10), ("Reference/commands", 22), ("HowTo/score-forecasts", 7),
    ])
    func everyCommandOfAPageRuns(page: String, count: Int) throws {
        let examples = try Document("Docs/\(page).md").examples
        #expect(examples.count >= count)
        let folder = try TemporaryFolder()
        try writeClips(to: folder)
        try writeStateDict(to: folder)
        try check(examples, in: folder)
    }

    /// The scripts that a page names.
    @Test func theScriptsAreThere() throws {
        let text = try Document("Docs/HowTo/measure-speed.md").lines.joined(separator: "\n")
        for script in ["versus-pytorch", "versus-build", "fit-convolution-plan", "pytorch_peer.py", "over-ethernet"] {
            #expect(text.contains("Benchmarks/Scripts/" + script))
            #expect(FileManager.default.isExecutableFile(atPath: Repository.path + "Benchmarks/Scripts/" + script))
        }
    }

    /// Writes two clips of PNG frames to the folder `radar`.
    private func writeClips(to folder: TemporaryFolder) throws {
        for clip in ["radar/june", "radar/july"] {
            try FileManager.default.createDirectory(atPath: folder.file(clip), withIntermediateDirectories: true)
            for frame in 0..<92 {
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

    /// The system that Docs/HowTo/own-system.md describes, shown and trained by the commands below it.
    @Test func theSystemOfTheManualTrains() throws {
        let folder = try TemporaryFolder(), document = try Document("Docs/HowTo/own-system.md")
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

    /// The parts of a run that pages write down for --config are understood.
    @Test(arguments: ["Tutorial/own-data", "HowTo/train"])
    func theConfigurationsOfAPageAreUnderstood(page: String) throws {
        let lines = try Document("Docs/\(page).md").lines, folder = try TemporaryFolder()
        let starts = lines.indices.filter { lines[$0].hasPrefix("    # ") && lines[$0].hasSuffix(".yaml") }
        #expect(!starts.isEmpty)
        for start in starts {
            let block = lines[start...].prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
            let file = try folder.write(Array(block.joined(separator: "\n").utf8), to: String(block[0].dropFirst(2)))
            let result = try Command.run("convlstm-dist", ["train", "--config", file, "--print-config"])
            #expect(result.status == 0, "\(result.stderr)")
        }
    }

    /// What pages type after convlstm-dist or in a loop around it is understood, each by one process.
    @Test func theCommandsForHostsAndTimesAreUnderstood() throws {
        let pages = ["several-hosts", "resume-and-stop"]
        let lines = try pages.flatMap { try Document("Docs/HowTo/\($0).md").lines }.filter {
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

    /// The three lines of the README work, on a data set with the name that they use.
    @Test func theFirstThreeLinesWork() throws {
        let folder = try TemporaryFolder()
        // The one by its path is what PretrainedTests run.
        let lines = try Document("README.md").lines.filter { $0.hasPrefix("    ") && $0.contains("convlstm-") }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix(".build/release/") }
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

    /// The README's table of presets has all of them, with the numbers of parameters that `models` prints.
    @Test func presetsHaveTheParametersOfTheReadme() throws {
        let printed = try Command.run("convlstm-dist", ["models"]).stdout
            .split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).prefix { !$0.isEmpty }
            .map { $0.split(separator: " ", omittingEmptySubsequences: true).prefix(2).map(String.init) }
        let table = try Document("README.md").lines.compactMap { line in
            line.firstMatch(of: /^\| `([\w-]+)` \|.*\| ([\d,]+) \|/).map { [String($0.1), String($0.2)] }
        }
        #expect(Set(printed) == Set(table) && printed.count >= 11)
    }

    /// Every suite, or folder of suites, that a document names exists.
    @Test func documentsNameTestsThatAre() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.path + "Tests")
        let known = try Document.suites().union(folders)
        let promises = try Document("Docs/Promises.md").lines.filter { $0.hasPrefix("| ") && $0.contains("Tests`") }
        #expect(promises.count >= 15)
        for name in try Document.names {
            for match in try Document(name).lines.joined(separator: "\n").matches(of: /`(\w+Tests)`/) {
                #expect(known.contains(String(match.1)), "\(name) names \(match.1)")
            }
        }
    }

    /// Every link between the documents leads to a file, and where it names a section to one of that file's.
    @Test func linksLeadSomewhere() throws {
        for name in try Document.names {
            let text = try Document(name).lines.joined(separator: "\n"), file = Repository.path + name
            for match in text.matches(of: /\]\(([^)#:]*)(?:#([^)]+))?\)/) {
                let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
                let path = match.1.isEmpty ? file : folder.appendingPathComponent(String(match.1)).path
                #expect(FileManager.default.fileExists(atPath: path), "\(name) links to \(match.1)")
                guard let section = match.2 else { continue }
                let sections = try Document.sections(String(contentsOfFile: path, encoding: .utf8))
                #expect(sections.contains(String(section)), "\(name) links to \(match.1)#\(section)")
            }
        }
    }

    private func smaller(_ command: String) -> String {
        [
            ("--sequences 2000", "--sequences 120"), ("--validation 0.05 --test 200", "--validation 8 --test 8"),
            ("--steps 150 --checkpoint-every 50", "--steps 2 --checkpoint-every 1"),
            ("nowcast --data radar.shards --steps 20", "nowcast --data radar.shards --steps 2"),
            ("$REPOSITORY/", Repository.path),
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
            return ["README.md", "pretrained/README.md"] + docs.map { "Docs/\($0)" }
        }
    }

    /// What links call the sections of a page.
    static func sections(_ page: String) -> Set<String> {
        let headings = page.split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                let words = heading.drop { $0 == "#" }.dropFirst().lowercased()
                return words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                    .replacingOccurrences(of: " ", with: "-")
            })
    }

    /// A command behind a `$`, and the first line that it printed.
    struct Example {
        let command: String

        /// The first line; nil if nothing was printed, or to a file.
        let firstLine: String?

        /// Whether the output depends on the machine.
        var isOfAnotherMachine: Bool { command.contains("doctor") }
    }

    var examples: [Example] {
        zip(lines, lines.dropFirst()).filter { $0.0.hasPrefix("    $ ") }
            .map { Example(command: String($0.dropFirst(6)), firstLine: $0.contains(" > ") || $1.isEmpty ? nil : $1) }
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
