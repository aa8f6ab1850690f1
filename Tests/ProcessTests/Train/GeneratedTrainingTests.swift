import Foundation
import TestSupport
import Testing

/// Training on the synthetic clips of a model, in every order, stopped and resumed.
@Suite(.tags(.slow), .unlessFast) struct GeneratedTrainingTests {
    let example = try! TrainingExample.shared.get()

    /// The example's network on its synthetic clips, seven per epoch.
    private func arguments(_ sequences: String, _ more: [String]) throws -> [String] {
        let text = try example.text(of: "tiny.yaml", ".")
        let changed = text.replacingOccurrences(of: "{inputFrames: 3, outputFrames: 3}", with: sequences)
        try #require(changed != text)
        let name = UUID().uuidString + ".yaml"
        try example.folder.write(Array(changed.utf8), to: name)
        return ["train", "--config", name, "--data", "generated", "--batch-size", "3"] + more
    }

    private static let clips = "frames: 6, size: 24, training: 7, validation: 2, test: 1"

    /// A run of eight steps, several epochs long, uninterrupted and resumed on another number of ranks: the same
    /// losses.
    @Test(arguments: [
        "order: shuffled, generator: {kind: {movingSquares: {}}, fresh: true, \(clips)}",
        "order: slidingWindow, reversedInput: true, generator: {kind: {movingSquares: {view: shifted}}, \(clips)}",
        "order: sequential, generator: {kind: {movingSquares: {view: noisy}}, \(clips)}",
    ])
    func aStoppedRunGoesOnExactly(sequences: String) throws {
        let arguments = try arguments("{inputFrames: 3, outputFrames: 3, \(sequences)}", [])
        let whole = example.freshOutput(), parts = example.freshOutput()
        func train(_ output: String, ranks: Int, steps: Int) throws {
            let result = try Mpirun.run(
                ranks: ranks, "convlstm-dist", arguments + ["--output", output, "--steps", "\(steps)"],
                directory: example.folder.path)
            #expect(result.status == 0, "\(result.stderr)")
        }
        try train(whole, ranks: 1, steps: 8)
        try train(parts, ranks: 2, steps: 5)
        try train(parts, ranks: 2, steps: 8)
        let expected = try losses(whole), found = try losses(parts)
        #expect(
            expected.count == 8 && zip(expected, found).allSatisfy { abs($0 - $1) < 1e-4 * $0 }, "\(expected) \(found)")
        #expect(
            try example.column("epoch", of: "metrics.csv", whole) == example.column("epoch", of: "metrics.csv", parts))
    }

    private func losses(_ output: String) throws -> [Double] {
        try example.column("loss", of: "metrics.csv", output).compactMap(Double.init)
    }

    @Test func anEpochIsAsLongAsItsOrderMakesIt() throws {
        for (order, steps) in [("shuffled", 3), ("sequential", 3), ("slidingWindow", 5)] {
            let output = example.freshOutput()
            let sequences =
                "{inputFrames: 3, outputFrames: 3, order: \(order), generator: {kind: {movingSquares: {}}, "
                + "\(Self.clips)}}"
            let arguments = try arguments(sequences, ["--epochs", "1", "--output", output])
            let result = try Command.run("convlstm-dist", arguments, directory: example.folder.path)
            #expect(result.status == 0, "\(result.stderr)")
            #expect(try losses(output).count == steps)
        }
    }

    /// Equal clips give equal losses, so the loss tells whether an epoch has fresh clips or those of the first epoch.
    @Test func freshClipsAreNew() throws {
        for (fresh, differs) in [(true, true), (false, false)] {
            let output = example.freshOutput()
            let sequences =
                "{inputFrames: 3, outputFrames: 3, order: sequential, generator: {kind: {movingSquares: {}}, "
                + "fresh: \(fresh), \(Self.clips)}}"
            let arguments = try arguments(
                sequences, ["--batch-size", "7", "--learning-rate", "1e-12", "--epochs", "2", "--output", output])
            let result = try Command.run("convlstm-dist", arguments, directory: example.folder.path)
            #expect(result.status == 0, "\(result.stderr)")
            let losses = try losses(output)
            #expect(losses.count == 2 && (abs(losses[0] - losses[1]) > 1e-5) == differs, "\(losses)")
        }
    }

    @Test func theGeneratorIsWhatACheckpointIsMeasuredOn() throws {
        let output = example.freshOutput()
        let sequences = "{inputFrames: 3, outputFrames: 3, generator: {kind: {movingSquares: {}}, \(Self.clips)}}"
        let trained = try Command.run(
            "convlstm-dist", arguments(sequences, ["--steps", "1", "--output", output]), directory: example.folder.path)
        #expect(trained.status == 0 && trained.stderr.contains("generated (moving squares;"), "\(trained)")
        let scores = try Command.run(
            "convlstm-dist", ["evaluate", "--checkpoint", output, "--json"], directory: example.folder.path)
        #expect(scores.status == 0 && scores.stdout.contains("\"sequences\" : 1"), "\(scores)")
    }
}
