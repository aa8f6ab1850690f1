import Foundation
import TestSupport
import Testing

@Suite struct ToolsPredictTests {
    let tools = try! ToolsExample.shared.get()

    private func predict(_ options: [String], to output: String) throws -> CommandResult {
        try tools.dist(["predict", "--checkpoint", tools.run, "--output", output] + options)
    }

    @discardableResult private func numpy(_ script: String) throws -> String {
        try Python.run("import numpy as n, sys; p = sys.argv[1]\n" + script, [tools.folder.path])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: tools.folder.file(folder)).sorted()
    }

    /// The width and height in the header of a PNG file.
    private func pngSize(_ name: String) throws -> [Int] {
        let bytes = try tools.folder.bytes(of: name)
        #expect(Array(bytes[..<8]) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        return [16, 20].map { bytes[$0..<$0 + 4].reduce(0) { $0 << 8 | Int($1) } }
    }

    /// Sequence 1 of the test split is the last of all 26; of its 6 frames 3 are inputs and 3 are known targets.
    @Test(.enabled(if: Python.has("numpy"))) func aSequenceOfTheDataIsForecastBesideWhatCame() throws {
        let result = try predict(["--sequence", "1", "--split", "test", "--frames", "5", "--animate"], to: "p1")
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout.contains("5 frames forecast from 3 of sequence 1 of test of "), "\(result)")
        #expect(try names(in: "p1") == ["animation.png", "input.npy", "prediction.npy", "strip.png", "truth.npy"])
        let facts = try numpy(
            """
            x = n.load(p + '/squares-shifted.npy')[25]
            i, t, y = [n.load(p + '/p1/%s.npy' % a) for a in ('input', 'truth', 'prediction')]
            print(y.shape, y.dtype, (i == x[:3]).all(), (t == x[3:]).all(), n.isfinite(y).all(), y.std() > 0)
            """)
        #expect(facts == "(5, 24, 24) float32 True True True True")
        #expect(try pngSize("p1/strip.png") == [110 + 5 * (120 + 4), 4 + 22 + 3 * (18 + 124) + 124 + 2 * 18])
        #expect(try pngSize("p1/animation.png") == [3 * (240 + 8) + 8, 240 + 3 * 22 + 16])
    }

    @Test(.enabled(if: Python.has("numpy"))) func theEndsOfABatchAreContinued() throws {
        try numpy("x = n.load(p + '/squares-shifted.npy'); n.save(p + '/batch.npy', x[:18, :5].astype('f8'))")
        let result = try predict(["--input", "batch.npy", "--layout", "sequences-first"], to: "p2")
        #expect(result.status == 0, "\(result.stderr)")
        let facts = try numpy(
            """
            x, i, y = [n.load(p + a) for a in ('/batch.npy', '/p2/input.npy', '/p2/prediction.npy')]
            print(i.shape, y.shape, (i == x[:, 2:].astype('f4')).all())
            """)
        #expect(facts == "(18, 3, 24, 24) (18, 3, 24, 24) True")
        let files = try names(in: "p2")
        #expect(files.filter { $0.hasPrefix("strip-") }.count == 16 && !files.contains("truth.npy"))
    }

    /// The layout of the Toronto file: ten frames of ten sequences would also look like a clip.
    @Test(.enabled(if: Python.has("numpy"))) func framesFirstIsNotTakenForSequences() throws {
        try numpy(
            """
            x = n.load(p + '/squares-shifted.npy'); n.save(p + '/toronto.npy', n.repeat(x[:, :5], 5, 0).swapaxes(0, 1)[:, :125])
            n.save(p + '/tchw.npy', x[3, :5, None]); n.save(p + '/doubt.npy', x[:18, :5])
            """)
        let result = try predict(["--input", "toronto.npy"], to: "p5")
        let sentence =
            "toronto.npy: shape [5, 125, 24, 24], read as frames-first because its first axis is the shorter one\n"
        #expect(result.status == 0 && result.stdout.hasPrefix(sentence), "\(result)")
        let clip = try predict(["--input", "tchw.npy"], to: "p6")
        #expect(clip.stdout.contains("read as concatenated because its second axis is a single channel"), "\(clip)")
        let facts = try numpy(
            """
            x, i, j = [n.load(p + a) for a in ('/squares-shifted.npy', '/p5/input.npy', '/p6/input.npy')]
            print(i.shape, (i == n.repeat(x[:25, 2:5], 5, 0)).all(), j.shape, (j == x[3, 2:5]).all())
            """)
        #expect(facts == "(125, 3, 24, 24) True (3, 24, 24) True")
        let doubt = try predict(["--input", "doubt.npy"], to: "p7")
        #expect(
            doubt.status == 2 && doubt.stderr.contains("--layout sequences-first for 18 sequences of 5 frames"),
            "\(doubt)")
        let named = try predict(["--sequence", "1", "--layout", "concatenated"], to: "p8")
        #expect(named.status == 2 && named.stderr.contains("--layout is for the axes of --input"), "\(named)")
    }

    /// A sequence from the file and the same one from the shards give the same forecast; the file has no frames after
    /// the input.
    @Test(.enabled(if: Python.has("numpy"))) func aFileAndTheDataSetGiveTheSameForecast() throws {
        try numpy("n.save(p + '/one.npy', n.load(p + '/squares-shifted.npy')[7, :3])")
        #expect(try predict(["--input", "one.npy"], to: "p3").status == 0)
        #expect(try predict(["--sequence", "7"], to: "p4").status == 0)
        #expect(try tools.folder.bytes(of: "p3/prediction.npy") == tools.folder.bytes(of: "p4/prediction.npy"))
    }

    @Test(
        arguments: [
            ([], 2, "either --input FILE or --sequence K"),
            (["--sequence", "1", "--input", "short.npy"], 2, "either --input FILE or --sequence K"),
            (["--input", "short.npy", "--split", "test"], 2, "leave out --data and --split"),
            (["--input", "short.npy"], 2, "short.npy has 2 frames and the model sees 3"),
            (["--input", "wide.npy"], 2, "wide.npy has the shape [4, 24, 25]"),
            (["--input", "nowhere.npy"], 1, "nowhere.npy could not be opened"),
            (["--input", "tiny.yaml"], 1, "tiny.yaml is not a .npy array"),
            (["--sequence", "26"], 2, "tiny.shards has sequences 0 to 25"),
            (["--sequence=-1"], 2, "--sequence is -1"),
            (["--sequence", "2", "--split", "test"], 2, "the test split of tiny.shards has sequences 0 to 1"),
            (["--sequence", "1", "--frames", "1001"], 2, "--frames is 1001"),
        ] as [([String], Int32, String)])
    func badInputGetsOneSentenceAndLeavesNothing(options: [String], status: Int32, sentence: String) throws {
        let output = "bad-" + UUID().uuidString, result = try predict(options, to: output)
        #expect(result.status == status && result.stderr.contains(sentence), "\(options): \(result)")
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
        #expect(try !tools.folder.names.contains { $0.contains(output) })
    }

    @Test func whatIsThereIsNotOverwritten() throws {
        let mine = tools.folder.file("mine")
        try FileManager.default.createDirectory(atPath: mine, withIntermediateDirectories: true)
        try tools.folder.write([1], to: "mine/work.txt")
        let result = try predict(["--sequence", "1"], to: "mine")
        #expect(result.status == 2 && result.stderr.contains("mine exists and is not an empty folder"), "\(result)")
        #expect(try names(in: "mine") == ["work.txt"])
    }
}
