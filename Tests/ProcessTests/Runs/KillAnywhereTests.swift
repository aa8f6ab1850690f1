// A run that is killed, or whose file system fails, at every single call that changes its folder.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

@Suite(.tags(.slow), .unlessFast) struct KillAnywhereTests {
    private let example: TrainingExample
    private let whole: String
    private let outcome: RunOutcome

    /// The number of calls that change the folder in a run without faults.
    private let calls: Int

    private static let options = [
        "--steps", "3", "--checkpoint-every", "1", "--keep", "1", "--evaluate-every", "2", "--watchdog", "off",
    ]

    init() throws {
        example = try TrainingExample.shared.get()
        whole = example.freshOutput()
        let notes = example.folder.file(whole + "-calls")
        let result = try Self.train(example, whole, under: .noted(in: notes, on: whole + "/"))
        #expect(result.status == 0, "\(result)")
        outcome = try RunOutcome(example, whole, step: 3)
        calls = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").count
    }

    private static func train(
        _ example: TrainingExample, _ output: String, under fault: Fault? = nil
    ) throws -> CommandResult {
        try Command.run(
            "convlstm-dist", example.arguments(output, options), environment: fault?.environment ?? [:],
            directory: example.folder.path, timeout: 60)
    }

    /// Every checkpoint that is there is whole, and the same command ends the run as if nothing had happened.
    private func nothingIsLost(_ output: String, after what: String) throws {
        let folder = example.folder.file(output + "/checkpoints")
        if try !(CheckpointStore(folder: folder).steps.isEmpty) {
            let verified = try Command.run(
                "convlstm-dist", ["checkpoint", "verify", folder], directory: example.folder.path)
            let damaged = verified.stdout.split(separator: "\n").filter {
                $0.hasPrefix("DAMAGED") && $0.contains(".zst")
            }
            #expect(damaged.isEmpty, "\(what): \(verified)")
        }
        let further = try Self.train(example, output)
        #expect(further.status == 0, "\(what): \(further)")
        #expect(try RunOutcome(example, output, step: 3) == outcome, "\(what)")
        #expect(try example.column("step", of: "metrics.csv", output) == ["1", "2", "3"], "\(what)")
        #expect(try Folder.names(in: folder)?.contains { $0.hasSuffix(".partial") } == false, "\(what)")
        #expect(try CheckpointIndex(folder: folder).checkpoints.last?.step == 3, "\(what)")
    }

    @Test func aKillAtAnyCallLosesNothing() throws {
        try #require(calls > 40, "\(calls) calls")
        for call in 1...calls {
            let output = example.freshOutput()
            let killed = try Self.train(example, output, under: .killedAtCall(call, on: output + "/"))
            #expect(killed.status == 137 || call > calls - 10 && killed.status == 0, "call \(call): \(killed)")
            try nothingIsLost(output, after: "a kill at call \(call) of \(calls)")
        }
    }

    /// The program ends with one sentence, or goes on where it can.
    @Test(arguments: [EIO, ENOSPC]) func anErrorOfAnyCallLosesNothing(code: Int32) throws {
        for call in 1...calls {
            let output = example.freshOutput()
            let failed = try Self.train(example, output, under: .failingCall(call, on: output + "/", errno: code))
            #expect([0, 1].contains(failed.status), "call \(call): \(failed)")
            if failed.status == 1 {
                let sentence = failed.stderr.split(separator: "\n").last ?? ""
                #expect(
                    sentence.hasPrefix("convlstm-dist: ") && sentence.contains(output)
                        && sentence.contains(String(cString: strerror(code)).lowercased()), "call \(call): \(failed)")
            }
            try nothingIsLost(output, after: "error \(code) of call \(call) of \(calls)")
        }
    }

    /// An interrupted call is repeated, and one that writes less goes on: the run does not even notice.
    @Test(arguments: [true, false], [1, 2]) func interruptionsAndShortWritesChangeNothing(
        interrupts: Bool, first: Int
    ) throws {
        let output = example.freshOutput(), place = output + "/"
        let fault: Fault =
            interrupts
            ? .everySecondCallInterrupted(from: first, on: place) : .everySecondWriteShort(from: first, on: place)
        let result = try Self.train(example, output, under: fault)
        #expect(result.status == 0, "\(result)")
        #expect(try RunOutcome(example, output, step: 3) == outcome)
    }
}
