import Foundation
import TestSupport
import Testing

/// `split`, `info` and `cat` on radar archives of pictures and arrays.
@Suite struct FilmProcessTests {
    let folder = try! TemporaryFolder()

    private func shard(_ line: String) throws -> CommandResult {
        try Command.run("convlstm-shard", line.split(separator: " ").map(String.init), directory: folder.path)
    }

    /// 40 frames of 6 x 5 pixels from 23:00 on, 5 minutes apart, of which those of 00:30 and 00:35 are not there. The first
    /// row is missing everywhere, and each other pixel is the number of its frame and 64.
    private func writeArchive() throws {
        _ = try Python.run(
            """
            import gzip, os, sys
            os.chdir(sys.argv[1])
            for k in range(40):
                if k in (18, 19): continue
                day, minute = 26 + (23 * 60 + 5 * k) // 1440, (23 * 60 + 5 * k) % 1440
                os.makedirs(f'radar/2010/08/{day}', exist_ok=True)
                frame = b'P5\\n# obstime\\n5 6\\n255\\n' + bytes([255] * 5 + [64 + k] * 25)
                name = f'radar/2010/08/{day}/201008{day}{minute // 60:02}{minute % 60:02}_composite.pgm.gz'
                open(name, 'wb').write(gzip.compress(frame))
            """, [folder.path])
    }

    private let meaning = "--missing 255 --scale 0.5 --offset -32 --unit dBZ"

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func anArchiveBecomesSequencesInItsUnit() throws {
        try writeArchive()
        let split = try shard(
            "split radar --frames 4 --stride 2 \(meaning) --validation-from 2010-08-27T00:40 --test-from 2010-08-27T01:30"
        )
        #expect(split.status == 0, "\(split)")
        for line in [
            "radar: times are told by names: 201008262300 is 2010-08-26T23:00:00Z",
            "radar: 38 frames from 2010-08-26T23:00:00Z to 2010-08-27T02:15:00Z, 300 s apart, 1 gap of up to 900 s, which no "
                + "sequence crosses",
            "radar: neighboring sequences share frames; those across the border of two splits are left out",
        ] {
            #expect(split.stdout.contains(line + "\n"), "\(split.stdout)")
        }
        #expect(split.stdout.contains("8 train, 4 validation, 4 test"), "\(split.stdout)")
        #expect(try shard("verify radar.shards").status == 0)
        let info = try shard("info radar.shards").stdout
        for line in [
            "values     uint8, 0.0 to 19.5 dBZ", "stored     stored * 0.5 - 32.0 dBZ, 255 is missing",
            "missing    16.7 % of the pixels", "times      2010-08-26T23:00:00Z to 2010-08-27T02:15:00Z",
            "step       300.0 s from a frame to the next",
            "validation 4: 8 to 11, 2010-08-27T00:40:00Z to 2010-08-27T01:25:00Z",
            "histogram  of the values in all sequences",
        ] {
            #expect(info.contains(line + "\n"), "\(info)")
        }
        #expect(info.contains("0.0 to 5.0 dBZ"), "\(info)")
        #expect(try shard("cat radar.shards --sequence 8 --output x.npy").status == 0)
        #expect(try shard("cat radar.shards --sequence 8 --output x.png").status == 0)
        let seen = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.load('x.npy')
            print(a.dtype, a.shape, n.isnan(a[:, 0]).all(), n.isnan(a).sum(), a[:, 1, 0].tolist(), a[:, 1:].std((1, 2)).max())
            """, [folder.path])
        #expect(seen == "float32 (4, 6, 5) True 20 [10.0, 10.5, 11.0, 11.5] 0.0\n")
    }

    @Test func filledFramesAreMissing() throws {
        try writeArchive()
        let split = try shard("split radar --frames 8 --fill-gaps 2 \(meaning) --validation 0 --test 0 --shards 1")
        #expect(
            split.stdout.contains("40 frames are") == false
                && split.stdout.contains("2 frames are filled in as missing"), "\(split)")
        #expect(split.stdout.contains("radar.shards: 5 sequences of 8 frames"), "\(split)")
        // A sixth of 38 frames, and two whole ones.
        #expect(try shard("info radar.shards").stdout.contains("missing    20.8 % of the pixels"))
        let append = try shard("split radar --frames 8 --fill-gaps 2 --missing 255 --append radar.shards")
        #expect(
            append.status == 1 && append.stderr.contains("cannot take these sequences: its numbers mean"), "\(append)")
    }

    @Test(.enabled(if: Python.has("numpy"), "needs numpy")) func arraysOfAnyOrderGiveTheSameDataSet() throws {
        _ = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = (n.arange(12 * 6 * 9 * 10) * 7 % 3001 - 1000).astype('<i2').reshape(12, 6, 9, 10)
            n.save('plain.npy', a); n.save('last.npy', a.transpose(0, 2, 3, 1).copy()); n.save('big.npy', a.astype('>i2'))
            n.save('fortran.npy', n.asfortranarray(a)); n.savez_compressed('film.npz', a[0], dates=n.array([None]))
            """, [folder.path])
        var sets: [[UInt8]] = []
        for (name, axes) in [("plain", "NTHW"), ("last", "NHWT"), ("big", "NTHW"), ("fortran", "NTHW")] {
            let split = try shard(
                "split \(name).npy --axes \(axes) --missing -1000 --scale 0.01 --unit mm --times 5min")
            #expect(split.status == 0, "\(split)")
            sets.append(try folder.bytes(of: "\(name).shards/manifest.json"))
        }
        #expect(Set(sets).count == 1)
        let films = try shard("split last.npy --axes NHWT --frames 3 --stride 3 --output films.shards")
        #expect(films.stdout.contains("films.shards: 24 sequences of 3 frames of 9 x 10 x 1"), "\(films)")
        let film = try shard(
            "split film.npz --frames 2 --times 2010-08-26T00:00,300 --test-from 2010-08-26T00:20 --validation 0")
        #expect(film.stdout.contains("film.npz: shape [6, 9, 10], read as THW because"), "\(film)")
        #expect(film.stdout.contains("2 train, 0 validation, 1 test"), "\(film)")
    }

    @Test func whatCannotBeDoneIsSaidInOneSentence() throws {
        try writeArchive()
        for (line, status, phrase) in [
            ("--frames 4 --missing 256", 1, "missing is 256.0, which uint8 does not hold"),
            ("--frames 4 --scale 0", 2, "--scale is 0.0"), ("--frames 4 --missing inf", 2, "--missing is inf"),
            ("--frames 4 --missing nan", 1, "holds uint8, which has no NaN"),
            ("--frames 4 --fill-gaps 2", 1, "give --missing, or leave out --fill-gaps"),
            ("--frames 30", 1, "the longest run of frames without a gap of radar has 20 frames"),
            ("--frames 4 --time-format %H%M", 2, "--time-format"), ("--frames 4 --times noon", 2, "--times"),
            ("--frames 4 --time-format %Y-%m-%d", 1, "has no time of the form %Y-%m-%d in its name"),
            ("--frames 4 --times 300 --time-format %Y%m%d", 2, "leave out one of them"),
            ("--frames 4 --test-from 2010-08-28", 1, "--test-from is 2010-08-28T00:00:00Z, and the last sequence"),
            ("--frames 4 --test-from soon", 2, "--test-from"), ("--frames 4 --axes THW", 2, "leave them out"),
            ("--frames 4 --test 3 --test-from 2010-08-27T01:00", 2, "leave out one of them"),
            ("--frames 4 --validation-from 2010-08-27T02:00 --test-from 2010-08-27T01:00", 2, "give a later time"),
            ("--frames 4 --gap-between-splits 40", 1, "leaves none of the 9 to train on"),
            ("--frames 4 --mask none.png", 1, "check the path"),
            ("--frames 4 --mask x.gif", 1, "is not a mask that can be read"),
        ] as [(String, Int32, String)] {
            let result = try shard("split radar \(line)")
            #expect(result.status == status && result.stderr.contains(phrase), "\(line): \(result)")
            #expect(result.stderr.split(separator: "\n").count == 1, "\(line): \(result)")
            #expect(try folder.names == ["radar"])
        }
    }
}
