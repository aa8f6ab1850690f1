import Foundation
import TestSupport
import Testing

/// How convlstm-shard handles wrong input: one sentence, the right exit code, and no incomplete files.
@Suite struct ShardBadInputTests {
    let folder = try! TemporaryFolder()

    /// Runs a command line that must fail, and compares the contents of the folder before and after.
    private func refuse(_ line: String, _ status: Int32, _ phrase: String, prefix: String = "") throws {
        let before = try contents()
        let program = Command.path(of: "convlstm-shard")
        let result = try Command.run("bash", ["-c", "\(prefix) exec \(program) \(line)"], directory: folder.path)
        #expect(result.status == status, "\(line): \(result)")
        #expect(result.stderr.contains(phrase), "\(line): \(result.stderr)")
        #expect(
            result.stderr.hasPrefix("convlstm-shard: ") && result.stderr.count { $0 == "\n" } == 1, "\(result.stderr)")
        #expect(try contents() == before, "\(line)")
    }

    private func contents() throws -> [String: Data?] {
        Dictionary(
            uniqueKeysWithValues: try FileManager.default.subpathsOfDirectory(atPath: folder.path).map {
                ($0, FileManager.default.contents(atPath: folder.file($0)))
            })
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func arraysThatAreNoSequences() throws {
        try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.zeros((200, 5, 8, 8), dtype='u1'); f = a.astype('f4')
            n.save('rank.npy', a[0]); n.save('empty.npy', a[:0]); n.save('doubt.npy', a[:20])
            n.save('object.npy', n.array([[None]], dtype=object), allow_pickle=True)
            n.save('int.npy', a.astype('i8'))
            n.save('cut.npy', a); os.truncate('cut.npy', 5000)
            f[150, 0, 0, 0] = n.nan; n.save('nan.npy', f)
            n.save('row.npy', a.reshape(1000, 1, 8, 8)); n.save('colors.npy', n.zeros((200, 5, 3, 8, 8), dtype='u1'))
            n.savez('pair.npz', a=a, b=a)
            n.savez_compressed('cut.npz', n.random.randint(0, 255, 99999)); os.truncate('cut.npz', 3000)
            n.savez('one.npz', a=a)
            """, [folder.path])
        try folder.write([UInt8]("frames".utf8), to: "text.npy")
        for (name, phrase) in [
            ("rank.npy", "as THW; give the frames of a sequence with --frames"), ("empty.npy", "holds no sequences"),
            ("doubt.npy", "--axes NTHW for 20 sequences"),
            ("object.npy", "Python objects"),
            ("int.npy", "astype"),
            ("cut.npy", "cut short"), ("nan.npy", "sequence 150"), ("row.npy", "--frames"),
            ("colors.npy", "--axes"), ("pair.npz", "--key"), ("cut.npz", "copy it again"),
            ("text.npy", "numpy.save"),
            ("missing.npy", "check the path"), ("row.npy --frames 7", "another --frames"),
            ("one.npz --key b", "arrays a"),
            (". --frames 2", "a frame has two axes"),
            ("one.npz --test 200", "lower --validation"),
        ] {
            try refuse("split \(name) --output out.shards", 1, phrase)
        }
    }

    @Test func wrongCommandLines() throws {
        for (line, phrase) in [
            ("split", "file"), ("split x.npy --shards 0", "1 to 512"), ("split x.npy --level 99", "1 to 22"),
            ("split x.npy --validation 1.5", "--validation"), ("split x.npy --layout up", "--layout"),
            ("split x.npy --axes sequences,frames", "such as NTHW for (sequences, frames, height, width)"),
            ("split x.npy --bogus", "--bogus"), ("generate moving-mnist", "--output"), ("explode", "explode"),
            ("generate moving-mnist --output x.npy --sequences 0", "--sequences"),
            ("generate moving-mnist --output x.npy --frames 9999 --size 4000", "lower one of them"),
            ("generate moving-mnist --output x.npy --digits-per-sequence -1", "digits-per-sequence"),
            ("generate moving-squares --output x --size 0", "--size"),
            ("split . ", "--frames 20"), ("cat x.shards --sequence 0 --output x.gif", ".png"),
        ] {
            try refuse(line, 2, phrase)
        }
    }

    @Test func outputThatExistsOrDoesNotFit() throws {
        try folder.write([1], to: "x.npy")
        try refuse("generate moving-mnist --output x.npy", 1, "exists")
        try refuse("generate moving-mnist --output no/x.npy", 1, "check the path")
        try refuse("generate moving-mnist --output y.npy --size 16", 1, "a size of at least 28")
        try refuse("generate moving-mnist --output y.npy --sequences 10000000 --size 512", 1, "free some space")
        try refuse("generate moving-mnist --output y.npy --digits x.npy", 1, "not an idx file")
        try refuse("split x.npy --output .", 1, "exists")
    }

    /// A limit on file sizes stands in for a disk that fills up while shards are written.
    @Test func aDiskThatFillsUp() throws {
        let made = try Command.run(
            "convlstm-shard", ["generate", "moving-mnist", "--sequences", "300", "--output", "m.npy"],
            directory: folder.path)
        #expect(made.status == 0)
        try refuse("split m.npy --shards 1", 1, "could not be written", prefix: "trap '' XFSZ; ulimit -f 50;")
        for name in ["moving-mnist", "moving-squares"] {
            try refuse(
                "generate \(name) --sequences 300 --output y.npy", 1, "could not be written",
                prefix: "trap '' XFSZ; ulimit -f 50;")
        }
    }

    @Test func foldersThatAreNoDataSet() throws {
        try refuse("info .", 1, "manifest.json")
        try refuse("verify missing", 1, "does not exist")
        try folder.write([UInt8]("{}".utf8), to: "manifest.json")
        for line in ["info .", "verify .", "cat . --sequence 0 --output x.npy"] { try refuse(line, 1, "damaged") }
        _ = try Command.run(
            "convlstm-shard", ["generate", "moving-mnist", "--sequences", "120", "--frames", "5", "--output", "m.npy"],
            directory: folder.path)
        _ = try Command.run("convlstm-shard", ["split", "m.npy"], directory: folder.path)
        try refuse("cat m.shards --sequence 120 --output x.npy", 2, "0 to 119")
        try refuse("cat m.shards --sequence 0 --output m.npy", 1, "exists")
        try refuse("cat m.shards --sequence 0 --output no/x.png", 1, "check the path")
    }
}
