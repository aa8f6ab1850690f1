import TestSupport
import Testing

/// What is typed where a command should stand, and is none.
@Suite struct UnknownCommandTests {
    @Test(arguments: [
        (
            "convlstm-dist", ["evalute", "--checkpoint", "a"],
            "convlstm-dist has no command evalute; did you mean evaluate?"
        ),
        ("convlstm-dist", ["Train"], "convlstm-dist has no command Train; did you mean train?"),
        ("convlstm-dist", ["bench", "stp"], "convlstm-dist bench has no command stp; did you mean step?"),
        (
            "convlstm-dist", ["checkpoint", "x"],
            "convlstm-dist checkpoint has no command x; its commands are list, inspect, "
        ),
        ("convlstm-shard", ["spilt", "a.npy"], "convlstm-shard has no command spilt; did you mean split?"),
        (
            "convlstm-shard", ["generate", "moving-mnst"],
            "convlstm-shard generate has no command moving-mnst; did you mean moving-mnist?"
        ),
        ("convlstm-dist", ["train", "--lr", "0.1"], "there is no option --lr; did you mean --learning-rate?"),
        ("convlstm-dist", ["train", "--lr=0.1"], "there is no option --lr; did you mean --learning-rate?"),
        ("convlstm-shard", ["rm -rf"], "convlstm-shard has no command rm -rf; its commands are generate, "),
    ])
    func theNearestNameIsSuggested(program: String, arguments: [String], sentence: String) throws {
        let result = try Command.run(program, arguments)
        #expect(result.status == 2 && result.stderr.hasPrefix("\(program): \(sentence)"), "\(result)")
        #expect(result.stderr.split(separator: "\n").count == 1)
    }
}
