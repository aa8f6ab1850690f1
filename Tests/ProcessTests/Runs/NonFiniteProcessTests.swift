import Configuration
import DataLoading
import Foundation
import TestSupport
import Testing

/// Runs that read a clip with a value that is not finite.
@Suite(.tags(.slow), .unlessFast) struct NonFiniteProcessTests {
    let example = try! TrainingExample.shared.get()

    /// The clip at the fifth position of the second batch, which is on the second of two ranks.
    private static let clip = EpochOrder(.shuffled, seed: 1, epoch: 0, count: 20).sequences[10]

    private static let data = Result {
        let folder = try TrainingExample.shared.get().folder.file("damaged-clips")
        try DamagedClips.write(to: folder, frames: 6, size: 24, training: 20, damaged: clip)
        return folder
    }

    private func train(ranks: Int, _ output: String, _ options: [String]) throws -> CommandResult {
        let always = ["--data", try Self.data.get(), "--virtual-ranks", "2", "--checkpoint-every", "1", "--keep", "9"]
        return try example.train(ranks: ranks, output, always + options)
    }

    private func isFinite(_ output: String, step: Int) throws -> Bool {
        try example.tensors(output, step: step).values.allSatisfy { $0.allSatisfy(\.isFinite) }
    }

    @Test(arguments: [0, 2]) func theRunEndsBeforeTheUpdateAndNamesTheClip(ranks: Int) throws {
        let output = example.freshOutput(), result = try train(ranks: ranks, output, ["--steps", "4"])
        #expect(result.status == 1)
        let who = "rank \(ranks == 2 ? 1 : 0) on "
        #expect(result.stderr.contains("step 2: the loss is inf"), "\(result.stderr)")
        let finding = /\((rank \d on )\S+ read numbers that are not finite in sequence (\d+)\), so the run ends before/
        let match = try #require(result.stderr.firstMatch(of: finding), "\(result.stderr)")
        #expect(match.1 == who && match.2 == "\(Self.clip)")
        #expect(
            result.stderr.contains("the last checkpoint is of step 1; go on with --force and a lower --learning-rate"))
        #expect(try example.column("step", of: "metrics.csv", output) == ["1"])
    }

    /// Skipping and rolling back give the same parameters, on one rank or two, with and without a resume.
    @Test func otherwiseTheUpdateIsLeftOut() throws {
        let (skipped, back, parts) = (example.freshOutput(), example.freshOutput(), example.freshOutput())
        let skip = try train(ranks: 0, skipped, ["--steps", "4", "--on-nan", "skip"])
        #expect(skip.status == 0 && skip.stderr.contains("so this update is left out; 1 so far"), "\(skip.stderr)")
        #expect(skip.stderr.contains("1 update of the run left out"))
        let losses = try example.column("loss", of: "metrics.csv", skipped).map { Double($0)! }
        #expect(losses.map(\.isFinite) == [true, false, true, true])

        let rollback = try train(ranks: 2, back, ["--steps", "4", "--on-nan", "rollback"])
        #expect(rollback.status == 0, "\(rollback.stderr)")
        let log = try example.text(of: "log.txt", back)
        #expect(log.contains("so the run goes back to its checkpoint of step 1"), "\(log)")
        #expect(log.contains("so this update is left out; 1 so far"), "\(log)")
        #expect(try example.column("step", of: "metrics.csv", back) == ["1", "2", "3", "4"])

        for steps in ["2", "4"] {
            let part = try train(ranks: 2, parts, ["--steps", steps, "--on-nan", "skip"])
            #expect(part.status == 0, "\(part.stderr)")
        }
        let expected = try example.tensors(skipped, step: 4)
        #expect(try isFinite(skipped, step: 4) && expected != example.tensors(skipped, step: 1))
        #expect(try example.tensors(back, step: 4) == expected)
        #expect(try example.tensors(parts, step: 4) == expected)
    }

    /// Batch normalization spreads the value to every virtual rank and to the moving averages, which must be restored.
    @Test(arguments: [0, 2]) func movingAveragesAreNotSpoilt(ranks: Int) throws {
        let system = try SmallSystem("keras-stack-3"), folder = example.folder.file("damaged-clips-\(ranks)")
        let frames = system.description.sequences.frames
        try DamagedClips.write(to: folder, frames: frames, size: 12, training: 6, damaged: 4)
        let output = try system.train(
            ranks: ranks, ["--data", folder, "--virtual-ranks", "2", "--steps", "2", "--on-nan", "skip"])
        let log = try example.text(of: "log.txt", output)
        #expect(log.contains("read numbers that are not finite in sequence 4)"), "\(log)")
        let averages = try system.movingAverages(output, step: 2)
        #expect(!averages.isEmpty && averages.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    }

    @Test func withoutACheckpointThereIsNothingToGoBackTo() throws {
        let output = example.freshOutput()
        let result = try train(
            ranks: 2, output, ["--steps", "4", "--on-nan", "rollback", "--checkpoint-every", "9"])
        #expect(result.status == 1)
        #expect(result.stderr.contains("there is no checkpoint to go back to yet"), "\(result.stderr)")
    }

    /// Diverged parameters make every batch not finite.
    @Test(arguments: ["skip", "rollback"]) func aRunThatNoBatchHelpsEnds(policy: String) throws {
        let output = example.freshOutput()
        let result = try example.train(
            ranks: 2, output,
            ["--learning-rate", "1e30", "--steps", "50", "--checkpoint-every", "1", "--on-nan", policy])
        #expect(result.status == 1)
        #expect(result.stderr.contains("ends before this update after 10 left out in a row"), "\(result.stderr)")
        #expect(result.stderr.contains("the parameters may have run away"))
        #expect(try example.column("step", of: "metrics.csv", output) == (1...11).map(String.init))
        let index = try example.text(of: "checkpoints/checkpoints.json", output)
        #expect(index.contains("step-000000001") && !index.contains("step-000000002"), "\(index)")
    }
}
