// Commands that write files from one process, started as several processes.

import Foundation
import TestSupport
import Testing

@Suite struct OneProcessTests {
    private let tools = try! ToolsExample.shared.get()

    @Test(arguments: [
        ("convlstm-shard", "split squares-shifted.npy --output several.shards", "split"),
        ("convlstm-shard", "generate moving-mnist --sequences 2 --output several.npy", "moving-mnist"),
        ("convlstm-shard", "info tiny.shards", "info"), ("convlstm-shard", "verify tiny.shards", "verify"),
        ("convlstm-shard", "cat tiny.shards --sequence 0 --output several.npy", "cat"),
        ("convlstm-dist", "predict --checkpoint tools --sequence 0 --output several", "predict"),
        ("convlstm-dist", "checkpoint verify tools", "checkpoint verify"), ("convlstm-dist", "models", "models"),
        (
            "convlstm-dist", "import x.safetensors --preset pytorch-seq2seq --gate-order i,f,o,g --output several",
            "import"
        ),
    ])
    func aCommandOfOneProcessSaysSoOnce(program: String, line: String, command: String) throws {
        let arguments = line.split(separator: " ").map(String.init)
        let result = try Mpirun.run(ranks: 2, program, arguments, directory: tools.folder.path)
        #expect(result.status == 2, "\(result)")
        let sentences = result.stderr.split(separator: "\n").filter { $0.hasPrefix("convlstm-") }
        #expect(sentences == ["\(program): \(command) works in one process; start it without mpirun"], "\(result)")
        #expect(result.stdout.isEmpty, "\(result)")
        #expect(try tools.folder.names.allSatisfy { !$0.contains("several") })
    }

    @Test func oneProcessOfALauncherIsOne() throws {
        let result = try Mpirun.run(ranks: 1, "convlstm-shard", ["info", "tiny.shards"], directory: tools.folder.path)
        #expect(result.status == 0 && result.stdout.contains("sequences"), "\(result)")
    }
}
