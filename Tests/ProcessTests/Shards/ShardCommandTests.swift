import Foundation
import TestSupport
import Testing

/// The path of a data set through convlstm-shard, command by command.
@Suite struct ShardCommandTests {
    let folder = try! TemporaryFolder()

    @discardableResult
    private func shard(_ arguments: String..., prefix: [String] = []) throws -> CommandResult {
        let command = prefix + [Command.path(of: "convlstm-shard")] + arguments
        return try Command.run(command[0], Array(command.dropFirst()), directory: folder.path)
    }

    private func succeed(_ result: CommandResult) {
        #expect(result.status == 0 && result.stderr == "", "\(result)")
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func fromNothingToAPicture() throws {
        succeed(try shard("generate", "moving-mnist", "--sequences", "150", "--output", "m.npy"))
        let split = try shard("split", "m.npy", "--shards", "3", "--test", "20")
        succeed(split)
        #expect(split.stdout.contains("frames-first because"))
        #expect(split.stdout.contains("115 train, 15 validation, 20 test"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("m.shards")).count == 5)
        #expect(try shard("info", "m.shards").stdout.contains("test       20: 130 to 149"))
        succeed(try shard("verify", "m.shards"))
        succeed(try shard("cat", "m.shards", "--sequence", "149", "--output", "x.npy"))
        succeed(try shard("cat", "m.shards", "--sequence", "149", "--output", "x.png"))
        #expect(try folder.bytes(of: "x.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        succeed(
            try Command.run(
                "zstd", ["-dq", folder.file("m.shards/00002-of-00003.npy.zst"), "-o", folder.file("s.npy")]))
        let printed = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.load('m.npy'); x = n.load('x.npy'); s = n.load('s.npy')
            print(a.shape, a.dtype, (x == a[:, 149]).all(), s.shape, (s == a[:, 100:].swapaxes(0, 1)).all())
            """, [folder.path])
        #expect(printed == "(20, 150, 64, 64) uint8 True (50, 20, 64, 64) True\n")
    }

    /// Twenty frames of a hundred sequences could as well be a hundred frames of twenty.
    @Test func aGeneratorSaysTheLayoutThatSplitHasToBeTold() throws {
        let hint = "split it with --layout frames-first"
        for (count, isTold) in [(100, true), (101, false)] {
            let made = try shard("generate", "moving-mnist", "--sequences", "\(count)", "--output", "\(count).npy")
            succeed(made)
            #expect(made.stdout.contains(hint) == isTold, "\(made)")
            #expect(try (shard("split", "\(count).npy", "--output", "asked").status == 1) == isTold)
        }
        succeed(try shard("split", "100.npy", "--layout", "frames-first"))
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func squaresComeInThreeViews() throws {
        succeed(try shard("generate", "moving-squares", "--sequences", "120", "--output", "s.npy"))
        #expect(try folder.names == ["s-clean.npy", "s-noisy.npy", "s-shifted.npy"])
        let printed = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.load('s-noisy.npy'); b = n.load('s-shifted.npy')
            print(a.shape, a.dtype, ((a[:, 1:] > 0.5) == b[:, :-1]).all())
            """, [folder.path])
        #expect(printed == "(120, 15, 40, 40) float32 True\n")
        succeed(try shard("split", "s-noisy.npy"))
        succeed(try shard("cat", "s-noisy.shards", "--sequence", "0", "--output", "x.png"))
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func packedArraysOfSingleFramesAreSplit() throws {
        try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = (n.arange(2000 * 64) % 251).astype('u1').reshape(2000, 1, 8, 8)
            n.savez_compressed('x.npz', a); n.save('y.npy', a.reshape(100, 20, 8, 8))
            """, [folder.path])
        succeed(try shard("split", "x.npz", "--frames", "20"))
        succeed(try shard("split", "y.npy", "--layout", "sequences-first"))
        let manifests = try ["x", "y"].map { try folder.bytes(of: "\($0).shards/manifest.json") }
        #expect(manifests[0] == manifests[1])
        #expect(try folder.names == ["x.npz", "x.shards", "y.npy", "y.shards"])
    }

    @Test func theSameSeedAndOptionsGiveTheSameBytesOnAnyNumberOfCores() throws {
        for (name, prefix) in [("a", []), ("b", ["taskset", "-c", "0"])] {
            succeed(
                try shard("generate", "moving-mnist", "--sequences", "101", "--output", "\(name).npy", prefix: prefix))
            succeed(try shard("split", "\(name).npy", "--shards", "2", prefix: prefix))
        }
        #expect(try folder.bytes(of: "a.npy") == folder.bytes(of: "b.npy"))
        #expect(try folder.bytes(of: "a.shards/manifest.json") == folder.bytes(of: "b.shards/manifest.json"))
        succeed(try shard("generate", "moving-mnist", "--sequences", "101", "--output", "c.npy", "--seed", "2"))
        #expect(try folder.bytes(of: "a.npy") != folder.bytes(of: "c.npy"))
    }

    /// 246 MB are split by a process limited to 200 MB of data.
    @Test func memoryStaysBelowTheInputsSize() throws {
        succeed(try shard("generate", "moving-mnist", "--sequences", "3000", "--output", "m.npy"))
        succeed(try shard("split", "m.npy", prefix: ["taskset", "-c", "0", "prlimit", "--data=200000000"]))
        succeed(try shard("verify", "m.shards"))
    }

    @Test func damageIsNamedAndTheExitCodeSaysSo() throws {
        succeed(try shard("generate", "moving-mnist", "--sequences", "120", "--frames", "5", "--output", "m.npy"))
        succeed(try shard("split", "m.npy", "--shards", "2"))
        let name = "m.shards/00001-of-00002.npy.zst"
        var bytes = try folder.bytes(of: name)
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: name)
        let result = try shard("verify", "m.shards")
        #expect(result.status == 1)
        #expect(result.stdout.contains(/00001-of-00002.npy.zst: its SHA-256 is .*; lost: sequence \d+\n/))
        #expect(result.stderr.contains("1 of 2 shards"))
    }

    /// One signal: a second one, which `timeout` sends to its whole group unless it is told not to, ends the program at once.
    @Test func anInterruptedCommandLeavesNothing() throws {
        let result = try Command.run(
            "timeout",
            [
                "--foreground", "-s", "INT", "0.3", Command.path(of: "convlstm-shard"), "generate", "moving-mnist",
                "--sequences", "1000000", "--frames", "1", "--size", "28", "--output", "m.npy",
            ], directory: folder.path)
        #expect(result.status == 124, "the run should still have been going: \(result)")
        #expect(try folder.names == [])
    }

    @Test func versionAndHelpAreForPeople() throws {
        let version = try shard("--version").stdout
        #expect(
            version.contains(
                /^\d+\.\d+\.\d+ \(commit ([0-9a-f]{12}|unknown), sources [0-9a-f]{16}\)\ncompiled by Swift 6.* for \S/),
            "\(version)")
        #expect(version.contains(/\nzstd \d+\.\d+\.\d+\n/), "\(version)")
        let dist = try Command.run("convlstm-dist", ["--version"]).stdout
        #expect(dist.hasPrefix(version.prefix { !$0.isNewline }) && dist.contains("\nOpen MPI v"), "\(dist)")
        #expect(dist.contains(/\nOpenBLAS \d.* kernels\nzstd \d/), "\(dist)")
        for command in ["generate", "split", "info", "verify", "cat"] {
            #expect(try shard("--help").stdout.contains("  \(command) "))
            #expect(try shard(command, "--help").status == 0)
        }
    }
}
