import Foundation
import TestSupport
import Testing

/// Arrays with several channels from end to end: split, trained on, evaluated and forecast.
@Suite(.enabled(if: Python.has("numpy"), "needs numpy")) struct ChannelProcessTests {
    let folder = try! TemporaryFolder()

    private func run(_ program: String, _ arguments: String...) throws -> CommandResult {
        let result = try Command.run(program, arguments, directory: folder.path)
        #expect(result.status == 0, "\(arguments): \(result.stderr)")
        return result
    }

    private func network(channels: Int) -> String {
        """
        model:
          name: tiny
          sequences: {inputFrames: 3, outputFrames: 3}
          loss: {error: squared}
          batchSize: 4
          learningRate: 0.01
          network:
            encoder:
            - {name: encoder, convLSTM: {hidden: 3, kernel: 3}}
            forecaster:
            - {name: forecaster, convLSTM: {hidden: 3, kernel: 3, initialState: encoder}}
            readout:
            - {name: readout, convolution: {filters: \(channels), kernel: 1}}

        """
    }

    @Test(arguments: [3, 4, 6]) func anyNumberOfChannelsGoesAllTheWay(channels: Int) throws {
        try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.random.default_rng(1).integers(0, 256, (12, 6, 11, 10, \(channels)), dtype='u1')
            n.save('x.npy', a); n.save('past.npy', a[:2, :3])
            """, [folder.path])
        try folder.write(Array(network(channels: channels).utf8), to: "tiny.yaml")
        let split = try run("convlstm-shard", "split", "x.npy", "--validation", "2", "--test", "2", "--shards", "2")
        #expect(split.stdout.contains("6 frames of 11 x 10 x \(channels)"))
        _ = try run("convlstm-dist", "train", "--config", "tiny.yaml", "--steps", "1", "--output", "run")
        let scores = try run("convlstm-dist", "evaluate", "--checkpoint", "run", "--json")
        #expect(scores.stdout.contains("\"sequences\" : 2"), "\(scores.stdout)")
        _ = try run("convlstm-dist", "predict", "--checkpoint", "run", "--sequence", "11", "--output", "known")
        _ = try run("convlstm-dist", "predict", "--checkpoint", "run", "--input", "past.npy", "--output", "unknown")
        let shapes = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.load('x.npy')
            t, p, b = (n.load(f) for f in ['known/truth.npy', 'known/prediction.npy', 'unknown/prediction.npy'])
            print((t == a[11, 3:]).all(), p.shape, b.shape, n.isfinite(b).all())
            """, [folder.path])
        #expect(shapes == "True (3, 11, 10, \(channels)) (2, 3, 11, 10, \(channels)) True\n")
    }

    /// A pair is trained on, evaluated and forecast; only the noisy half is the network input.
    @Test func pairsAreSeenOnOneSideAndComparedOnTheOther() throws {
        try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); a = n.zeros((12, 6, 8, 8), 'u1'); a[:, :, 2:5, 2:5] = 255
            n.save('truth.npy', a); n.save('seen.npy', n.where(a > 0, 200, 50).astype('u1'))
            """, [folder.path])
        try folder.write(Array(network(channels: 1).utf8), to: "tiny.yaml")
        _ = try run(
            "convlstm-shard", "split", "truth.npy", "--inputs", "seen.npy", "--layout", "sequences-first",
            "--validation", "2",
            "--test", "2", "--output", "x.shards")
        _ = try run("convlstm-dist", "train", "--config", "tiny.yaml", "--steps", "1", "--output", "run")
        _ = try run("convlstm-dist", "evaluate", "--checkpoint", "run")
        _ = try run("convlstm-dist", "predict", "--checkpoint", "run", "--sequence", "11", "--output", "p")
        let values = try Python.run(
            """
            import numpy as n, os, sys
            os.chdir(sys.argv[1]); print(n.unique(n.load('p/input.npy')), n.unique(n.load('p/truth.npy')))
            """, [folder.path])
        #expect(values == "[ 50. 200.] [  0. 255.]\n")
    }
}
