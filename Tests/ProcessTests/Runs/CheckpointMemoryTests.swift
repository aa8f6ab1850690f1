// The memory that saving takes beside training, against what is counted for it before a run starts.

import Foundation
import TestSupport
import Testing
import Trainer

@Suite struct CheckpointMemoryTests {
    private let example = try! TrainingExample.shared.get()

    /// The largest number of bytes that a run of six steps had in memory when a moment had come.
    private func peak(_ run: String, _ options: [String], at calls: [Trigger.Calls]) throws -> (bytes: Int, log: String)
    {
        let note = run + "-status"
        let result = try Command.run(
            "convlstm-dist", example.arguments(run, options + ["--steps", "6", "--evaluate-every", "1000"]),
            environment: Trigger(.nothing, after: calls).environment(note: note), directory: example.folder.path)
        try #require(result.status == 0, "\(result)")
        let status = String(decoding: try example.folder.bytes(of: note), as: UTF8.self)
        let peak = try #require(status.firstMatch(of: /VmHWM:\s+([0-9]+) kB/).flatMap { Int($0.1) })
        return (peak * 1024, result.stderr)
    }

    /// Adam's network of three million parameters: a checkpoint is made from a copy of them and of two moments. The run is over before
    /// it writes its first report, which asks for memory of its own.
    @Test func savingTakesNoMoreThanIsCounted() throws {
        let config = ["--config", try example.configuration(replacing: "hidden: 6,", with: "hidden: 192,")]
        let (without, with) = (example.freshOutput(), example.freshOutput())
        let training = try peak(
            without, config + ["--checkpoint-every", "1000"],
            at: [Trigger.Calls("write", without + "/metrics.csv", count: 6)])
        let saving = try peak(
            with, config + ["--checkpoint-every", "1"],
            at: [
                Trigger.Calls("rename", with + "/checkpoints/step-000000006."),
                Trigger.Calls("write", with + "/log.txt"),
            ])
        let parameters = try #require(training.log.firstMatch(of: /([0-9]+) parameters/).flatMap { Int($0.1) })
        let copy = 3 * parameters * MemoryLayout<Float>.stride, counted = copy + StepPlan.savingBuffers
        let grown = saving.bytes - training.bytes
        #expect(copy > 30_000_000)
        #expect(grown > copy / 4 && grown <= counted, "\(grown) bytes of \(counted), beside \(training.bytes)")
    }
}
