import Foundation
import TestSupport
import Testing

/// `split` on common inputs: folders of frames, pairs of files, the npz files of older generators.
@Suite struct ShardFolderTests {
    let folder = try! TemporaryFolder()

    private func shard(_ arguments: String...) throws -> CommandResult {
        try Command.run("convlstm-shard", arguments, directory: folder.path)
    }

    private func python(_ script: String) throws -> String {
        try Python.run(PNGScript.functions + script, in: folder)
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func clipsOfFramesBecomeSequences() throws {
        _ = try python(
            """
            for clip in range(3):
                os.makedirs(f'clips.v2/clip{clip}')
                for t in range(11): png(f'clips.v2/clip{clip}/{t}.png', 12, 9, [clip * 20 + t] * 324, kind=2)
            """)
        let split = try shard("split", "clips.v2", "--frames", "4", "--validation", "1", "--test", "1")
        #expect(split.status == 0 && split.stdout.contains("9 frames are in no sequence"), "\(split)")
        #expect(split.stdout.contains("clips.v2.shards: 6 sequences of 4 frames of 9 x 12 x 3"))
        #expect(try shard("cat", "clips.v2.shards", "--sequence", "3", "--output", "x.npy").status == 0)
        let values = try python(
            """
            import numpy as n
            a = n.load('x.npy'); print(a.shape, a[:, 0, 0, 0].tolist(), a.std((1, 2, 3)).max())
            """)
        #expect(values == "(4, 9, 12, 3) [24, 25, 26, 27] 0.0\n")
        let windows = try shard(
            "split", "clips.v2/clip1", "--frames", "4", "--stride", "1", "--gray", "--output", "gray.shards",
            "--validation", "0", "--test", "0")
        #expect(windows.status == 0 && windows.stdout.contains("share frames"), "\(windows)")
        #expect(windows.stdout.contains("gray.shards: 8 sequences of 4 frames of 9 x 12 x 1"))
    }

    @Test func aBrokenFrameLeavesNothingAndIsNamed() throws {
        _ = try python(
            """
            os.mkdir('clip')
            for t in range(9): png(f'clip/{t}.png', 5, 5, [t] * 25)
            data = open('clip/7.png', 'rb').read(); open('clip/7.png', 'wb').write(data[:50])
            """)
        for (options, status, phrase) in [
            (["--frames", "3"], 1, "clip/7.png is damaged or cut short"), ([], 2, "--frames"),
            (["--frames", "10"], 1, "at most 9"), (["--frames", "3", "--layout", "concatenated"], 2, "leave them out"),
            (["--frames", "3", "--stride", "0"], 2, "--stride"),
        ] as [([String], Int32, String)] {
            let result = try Command.run("convlstm-shard", ["split", "clip"] + options, directory: folder.path)
            #expect(result.status == status && result.stderr.contains(phrase), "\(result)")
            #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
            #expect(try folder.names == ["clip"])
        }
    }

    /// 180 MB of frames are split by a process limited to 120 MB of data.
    @Test func memoryStaysAtAWindow() throws {
        _ = try python(
            """
            os.mkdir('clip')
            png('clip/0.png', 1000, 600, [7] * 600000)
            for t in range(1, 300): os.link('clip/0.png', f'clip/{t}.png')
            """)
        let program = Command.path(of: "convlstm-shard")
        let result = try Command.run(
            "taskset", ["-c", "0", "prlimit", "--data=120000000", program, "split", "clip", "--frames", "5"],
            directory: folder.path)
        #expect(result.status == 0, "\(result)")
    }

    @Test func pairsOfFilesBecomeOneDataSet() throws {
        #expect(
            try shard("generate", "moving-squares", "--sequences", "120", "--frames", "6", "--output", "s").status == 0)
        let split = try shard(
            "split", "s-clean.npy", "--inputs", "s-noisy.npy", "--shards", "2", "--output", "s.shards")
        #expect(split.status == 0 && split.stdout.contains("; inputs apart"), "\(split)")
        #expect(
            try shard("info", "s.shards").stdout.contains("inputs     apart from these sequences, in s.shards/inputs"))
        #expect(try shard("info", "s.shards/inputs").stdout.contains("values     float32, -0."))
        #expect(try shard("verify", "s.shards").stdout.contains("all 4 shards"))
        let name = "s.shards/inputs/00001-of-00002.npy.zst"
        var bytes = try folder.bytes(of: name)
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: name)
        let verdict = try shard("verify", "s.shards")
        #expect(verdict.status == 1 && verdict.stdout.contains(name))

        #expect(
            try shard("generate", "moving-squares", "--sequences", "119", "--frames", "6", "--output", "t").status == 0)
        let before = try folder.names
        let odd = try shard("split", "s-clean.npy", "--inputs", "t-noisy.npy", "--output", "odd.shards")
        #expect(odd.status == 1 && odd.stderr.contains("frame by frame"), "\(odd)")
        #expect(try folder.names == before)
    }

    /// A small version of the file of bei2020/Video_ConvLSTM's generator: `arr_0`, uint8, frames in one row.
    @Test(.enabled(if: Python.has("numpy"), "needs numpy"), arguments: ["savez", "savez_compressed"])
    func neuralScenesFileIsRead(saver: String) throws {
        _ = try python(
            """
            import numpy as n
            a = (n.arange(120 * 20 * 256) * 7 % 251).astype('u1').reshape(120 * 20, 1, 16, 16)
            n.\(saver)('frame20_seqs120.npz', a); n.\(saver)('other.npz', clips=a, dims=n.zeros(3)); n.save('a.npy', a)
            """)
        let split = try shard("split", "frame20_seqs120.npz", "--frames", "20")
        #expect(split.status == 0 && split.stdout.contains("120 sequences of 20 frames of 16 x 16 x 1"), "\(split)")
        #expect(try shard("cat", "frame20_seqs120.shards", "--sequence", "119", "--output", "x.npy").status == 0)
        #expect(
            try python("import numpy as n; print((n.load('x.npy') == n.load('a.npy')[119*20:, 0]).all())") == "True\n")
        for (line, phrase) in [
            (["frame20_seqs120.npz"], "--frames 20"),
            (["other.npz", "--frames", "20"], "holds the arrays clips, dims; choose one with --key"),
            (["other.npz", "--key", "arr_0"], "holds the arrays clips, dims"),
        ] {
            let result = try Command.run(
                "convlstm-shard", ["split"] + line + ["--output", "no.shards"], directory: folder.path)
            #expect(result.status == 1 && result.stderr.contains(phrase), "\(result)")
        }
    }

    @Test(arguments: ["canonical", "tencia-lee", "svg"]) func everyMotionIsGenerated(motion: String) throws {
        let made = try shard("generate", "moving-mnist", "--motion", motion, "--sequences", "3", "--output", "m.npy")
        #expect(made.status == 0 && made.stdout.contains("m.npy: 3 sequences of 20 frames of 64 x 64 x 1"), "\(made)")
        let wrong = try shard("generate", "moving-mnist", "--motion", "zigzag", "--output", "n.npy")
        #expect(wrong.status == 2 && wrong.stderr.contains("tencia-lee"), "\(wrong)")
    }
}
