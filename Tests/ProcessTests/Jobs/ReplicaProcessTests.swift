import Foundation
import TestSupport
import Testing

/// Runs in which one bit of one gradient is flipped on one rank.
@Suite struct ReplicaProcessTests {
    let example = try! TrainingExample.shared.get()

    private func train(
        ranks: Int, damaged: Int, _ output: String, _ keys: String, learningRate: String = "0.01"
    ) throws -> CommandResult {
        let model = try example.configuration(with: "optimizer: {adam: {}}")
        let text = String(decoding: try example.folder.bytes(of: model), as: UTF8.self)
            .replacing("learningRate: 0.01", with: "learningRate: \(learningRate)")
        let file = "probe-\(UUID().uuidString).yaml"
        let own = "data: tiny.shards\noutput: \(output)\nsteps: 7\n\(keys)\n"
        try example.folder.write(Array((own + text).utf8), to: file)
        return try Mpirun.run(
            ranks: ranks, "training-probe", [file, "\(damaged)", "3"], directory: example.folder.path)
    }

    /// With three ranks the one that differs is named, with two ranks the one that is not rank 0.
    @Test(arguments: [(3, 1, 1, 0), (3, 0, 0, 1), (2, 1, 1, 0), (2, 0, 1, 0)])
    func aRankThatDriftsIsNamedWithItsTensors(ranks: Int, damaged: Int, named: Int, other: Int) throws {
        let output = example.freshOutput()
        let result = try train(ranks: ranks, damaged: damaged, output, "verifyReplicasEvery: 2")
        #expect(result.status == 1)
        let finding = /step 4: rank (\d) on \S+ has another (.*?) than rank (\d) on/
        let match = try #require(result.stderr.firstMatch(of: finding), "\(result.stderr)")
        #expect(match.1 == "\(named)" && match.3 == "\(other)", "\(match.0)")
        #expect(match.2.hasPrefix("parameter ") && match.2.hasSuffix(" more tensors"), "\(match.0)")
    }

    /// Differing replicas are not saved, and even a step too small to change any parameter shows in the moments.
    @Test func momentsAreComparedBeforeACheckpoint() throws {
        let output = example.freshOutput(), keys = "verifyReplicasEvery: 1000\ncheckpointEvery: 5\nevaluateEvery: 1000"
        let result = try train(ranks: 2, damaged: 1, output, keys, learningRate: "1.0e-300")
        let finding = /step 5: rank 1 on \S+ has another moment m of \S+ and 1 more tensor than rank 0 on/
        #expect(result.status == 1 && result.stderr.contains(finding), "\(result.stderr)")
        let names = try FileManager.default.contentsOfDirectory(atPath: example.folder.file(output + "/checkpoints"))
        #expect(names.isEmpty, "\(names)")
    }

    @Test func withoutComparisonsNobodyNotices() throws {
        let output = example.freshOutput()
        let result = try train(ranks: 2, damaged: 1, output, "verifyReplicasEvery: 0")
        #expect(result.status == 0, "\(result.stderr)")
    }

    @Test func equalReplicasPass() throws {
        let output = example.freshOutput()
        let result = try train(ranks: 2, damaged: 5, output, "verifyReplicasEvery: 1")
        #expect(result.status == 0, "\(result.stderr)")
    }
}
