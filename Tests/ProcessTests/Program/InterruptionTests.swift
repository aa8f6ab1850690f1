// Signals that arrive while a data set is written.

import Foundation
import TestSupport
import Testing

@Suite(.tags(.slow), .unlessFast) struct InterruptionTests {
    private let folder = try! TemporaryFolder()

    /// Sends a signal once the program has begun to write; the folder must then hold what it held before.
    private func interrupt(_ signal: String, _ arguments: String, expecting status: Int32) throws {
        let program = Command.path(of: "convlstm-shard"), before = try folder.names
        let isWriting = "ls -A | grep -q '[.]partial$'"
        let result = try Command.run(
            "bash",
            [
                "-c",
                "\(program) \(arguments) & p=$!; until \(isWriting); do kill -0 $p || exit 99; done; "
                    + "kill -\(signal) $p; wait $p",
            ],
            directory: folder.path)
        #expect(result.status == status && result.stdout.isEmpty, "\(signal): \(result)")
        #expect(try folder.names == before, "\(signal)")
    }

    @Test func nothingHalfWrittenStays() throws {
        for (signal, status) in [
            ("HUP", 129), ("INT", 130), ("QUIT", 131), ("PIPE", 141), ("TERM", 143), ("XCPU", 152),
        ] {
            try interrupt(
                signal, "generate moving-mnist --sequences 20000 --size 32 --output large.npy", expecting: Int32(status)
            )
        }
        let made = try Command.run(
            "convlstm-shard", ["generate", "moving-mnist", "--sequences", "2000", "--output", "m.npy"],
            directory: folder.path)
        #expect(made.status == 0, "\(made)")
        for (signal, status) in [("HUP", 129), ("TERM", 143)] {
            try interrupt(
                signal, "split m.npy --level 19 --layout frames-first --output m.shards > /dev/null",
                expecting: Int32(status))
        }
    }

    /// A program started by nohup ignores hangups.
    @Test func aHangupThatIsIgnoredStaysIgnored() throws {
        let program = Command.path(of: "convlstm-shard")
        let line =
            "trap '' HUP; \(program) generate moving-mnist --sequences 3000 --output n.npy & p=$!; "
            + "until ls -A | grep -q 'n.npy'; do kill -0 $p || exit 99; done; kill -HUP $p; wait $p"
        let result = try Command.run("bash", ["-c", line], directory: folder.path)
        #expect(result.status == 0, "\(result)")
        #expect(try folder.names == ["n.npy"])
    }
}
