// What happens to the files under a run while it trains. Its end is that of an undisturbed run, once all is in place again.

import Foundation
import TestSupport
import Testing
import Trainer

@Suite(.tags(.slow), .unlessFast) struct FaultsWhileRunningTests {
    private let example = try! TrainingExample.shared.get()

    /// A fault, as commands of the shell: `$data` and `$run` are the folders, `$shard` and `$other` two shards, `$job`
    /// the process.
    struct Trouble: Sendable, CustomTestStringConvertible {
        var commands: String
        /// The program's exit code, one of these, and what its last line contains.
        var statuses: Set<Int32>
        var sentence: String

        var testDescription: String { commands }
    }

    private static let ending = "kill -TERM $job"

    @Test(arguments: [
        Trouble(commands: "truncate -s 500 $shard", statuses: [1], sentence: "is cut short: it ends at byte"),
        // Written over in place: a file that is emptied first would be cut short for a moment.
        Trouble(
            commands: "dd if=$other of=$shard conv=notrunc status=none", statuses: [1],
            sentence: "is damaged in sequence"),
        Trouble(
            commands: "dd if=/dev/zero of=$shard conv=notrunc status=none bs=$(stat -c %s $shard) count=1",
            statuses: [1],
            sentence: "is damaged in sequence"),
        Trouble(commands: "rm $shard; \(ending)", statuses: [143], sentence: "SIGTERM: stopped after step"),
        Trouble(commands: "rm -r $data; \(ending)", statuses: [143], sentence: "SIGTERM: stopped after step"),
        Trouble(
            commands: "kill -STOP $job; sleep 2; kill -CONT $job; \(ending)", statuses: [143],
            sentence: "SIGTERM: stopped"),
        Trouble(commands: "mv $run/checkpoints $run/elsewhere", statuses: [1], sentence: "could not be"),
        // From then on no file can be opened.
        Trouble(
            commands: "prlimit --pid $job --nofile=3:", statuses: [1],
            sentence: "(too many open files); raise the limit"),
        // Two signals that are pending together reach the program in either order.
        Trouble(
            commands: "kill -INT $job; kill -TERM $job", statuses: [130, 143], sentence: "stopped after step"),
    ])
    func theRunEndsWithASentenceAndGoesOn(trouble: Trouble) throws { try disturb(by: trouble) }

    /// The folder, or that of the checkpoints, as on a file system that is mounted anew for reading alone after an error.
    @Test(.enabled(if: canMount, "mounting takes root"), arguments: ["$run", "$run/checkpoints"])
    func aFolderThatMayNoLongerBeWrittenEndsTheRun(folder: String) throws {
        // The system refuses while the program has a file open there to write it, such as a checkpoint.
        let mount = """
            mount --bind \(folder) \(folder) || exit 96
            until mount -o remount,bind,ro \(folder) 2> /dev/null; do kill -0 $job || exit 96; done
            """
        try disturb(
            by: Trouble(commands: mount, statuses: [1], sentence: "(read-only file system)"),
            mending: "umount -l \(folder)")
    }

    private func disturb(by trouble: Trouble, mending: String = "true") throws {
        let run = example.freshOutput(), data = run + "-data"
        let training = "\"$D\" train --config tiny.yaml --data \(data) --output \(run) --checkpoint-every 5 --steps"
        let script = """
            cp -r tiny.shards \(data)
            export run=\(run) data=\(data)
            shards=(\(data)/*.npy.zst) && export shard=${shards[0]} other=${shards[1]}
            \(training) 1000000 2> \(run)-errors & export job=$!
            trap 'kill -KILL $job 2> /dev/null' EXIT
            until [[ -n $(ls $run/checkpoints/step-*.zst 2> /dev/null) ]]; do
                kill -0 $job 2> /dev/null || exit 99
                sleep 0.05
            done
            \(trouble.commands)
            wait $job; code=$?
            \(mending)
            [[ ! -d $run/elsewhere ]] || { rm -rf $run/checkpoints; mv $run/elsewhere $run/checkpoints; }
            rm -rf $data; cp -r tiny.shards $data
            tail -n 1 $run-errors
            "$D" checkpoint verify $run >&2 || exit 98
            last=$(ls $run/checkpoints | grep -o '^step-[0-9]*' | sort | tail -n 1 | tr -d 'a-z-' | sed 's/^0*//')
            \(training) $((last + 3)) 2> /dev/null || exit 97
            echo $((last + 3))
            exit $code
            """
        let result = try Command.run(
            "bash", ["-c", script], environment: ["D": Command.path(of: "convlstm-dist")],
            directory: example.folder.path, timeout: 120)
        #expect(trouble.statuses.contains(result.status), "\(result)")
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.first?.contains(trouble.sentence) == true, "\(result)")
        let end = try #require(lines.last.flatMap { Int($0) }, "\(result)"), whole = example.freshOutput()
        let undisturbed = try example.train(
            ranks: 0, whole, ["--checkpoint-every", "5", "--steps", "\(end)"])
        #expect(undisturbed.status == 0, "\(undisturbed)")
        #expect(try RunOutcome(example, run, step: end) == RunOutcome(example, whole, step: end))
    }
}
