// Disks that are too small from the start, and disks that fill up while a run trains.

import Formats
import Foundation
import TestSupport
import Testing
import Trainer

@Suite(.tags(.slow), .unlessFast, .enabled(if: canMount, "mounting a tmpfs takes root")) struct FullDiskTests {
    private let example = try! TrainingExample.shared.get()

    /// Runs a script with a small disk at `disk` in the example's folder, and `$D` as the program.
    private func shell(_ script: String, size: String) throws -> CommandResult {
        let disk = "disk-" + UUID().uuidString
        return try Command.run(
            "bash",
            [
                "-c",
                """
                mkdir \(disk) && mount -t tmpfs -o size=\(size) tmpfs \(disk) || exit 99
                trap 'umount -l \(disk)' EXIT
                \(script.replacing("disk/", with: disk + "/"))
                """,
            ], environment: ["D": Command.path(of: "convlstm-dist")], directory: example.folder.path, timeout: 120)
    }

    private func training(_ options: [String]) -> String {
        "\"$D\" " + example.arguments("disk/run", options).joined(separator: " ")
    }

    @Test func aDiskThatIsTooSmallEndsTheStart() throws {
        let result = try shell("\(training(["--steps", "3"])); code=$?; ls disk/run; exit $code", size: "16k")
        #expect(result.status == 1, "\(result)")
        #expect(result.stderr.contains("does not take a file of "), "\(result)")
        #expect(!result.stdout.contains("metrics.csv"), "\(result)")
    }

    /// The run ends with a sentence, keeps what it had, and goes on once there is room.
    @Test func aDiskThatFillsUpLosesNothing() throws {
        let script = """
            \(training(["--steps", "1000000", "--checkpoint-every", "5"])) 2> disk/errors &
            job=$!
            for i in $(seq 600); do ls disk/run/checkpoints/step-*.zst > disk/list 2> /dev/null && break; sleep 0.1; done
            cat /dev/zero > disk/filler 2> /dev/null
            wait $job && exit 98
            [[ $? == 1 ]] || exit 97
            rm disk/filler
            tail -n 1 disk/errors
            "$D" checkpoint verify disk/run || exit 96
            last=$(ls disk/run/checkpoints | grep -o '[1-9][0-9]*' | sort -n | tail -n 1)
            \(training(["--steps", "$((last + 2))"])) 2> /dev/null || exit 95
            echo "ends after $last and two more"
            """
        let result = try shell(script, size: "6m")
        #expect(result.status == 0, "\(result)")
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.first?.contains("no space left on device") == true, "\(result)")
        #expect(
            lines.first?.hasPrefix("convlstm-dist: ") == true && lines.last?.hasSuffix("two more") == true, "\(result)")
    }
}

/// Whether this user may mount file systems.
let canMount = {
    let folder = try? TemporaryFolder()
    let script = "mount -t tmpfs -o size=16k tmpfs . && umount -l ."
    return folder.flatMap { try? Command.run("bash", ["-c", script], directory: $0.path).status == 0 } ?? false
}()
