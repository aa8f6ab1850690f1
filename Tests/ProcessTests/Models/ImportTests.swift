// Imports weights of PyTorch with the real commands. The fixtures were written by Fixtures/make-state-dicts.py.

import Formats
import Foundation
import TestSupport
import Testing

@Suite struct ImportTests {
    private let folder = try! TemporaryFolder()

    init() throws {
        let yaml = try dist(["models", "pytorch-seq2seq", "--yaml"]).stdout
        let changes = [
            ("hidden: 64", "hidden: 3"), ("inputFrames: 10", "inputFrames: 4"), ("outputFrames: 10", "outputFrames: 3"),
        ]
        let small = changes.reduce(yaml) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        try folder.write(Array(small.utf8), to: "small.yaml")
    }

    private func fixture(_ name: String) -> String {
        Repository.fixture(name, of: "ProcessTests").path
    }

    private func dist(_ arguments: [String]) throws -> CommandResult {
        try Command.run("convlstm-dist", arguments, directory: folder.path)
    }

    private func importing(
        _ file: String, gates: String = "i,f,o,g", to output: String, frame: String = "10x12x1", _ more: [String] = []
    ) throws -> CommandResult {
        let system = ["--preset", "pytorch-seq2seq", "--model", "small.yaml", "--gate-order", gates, "--frame", frame]
        return try dist(["import", file] + system + ["--output", output] + more)
    }

    /// The largest difference between the forecast of a run and PyTorch's, on the scale of 0 to 1.
    private func differenceFromPyTorch(_ run: String, _ name: String) throws -> Float {
        let result = try dist(
            ["predict", "--checkpoint", run, "--input", fixture("frames.npy"), "--output", run + "-forecast"])
        try #require(result.status == 0, "\(result)")
        let ours = try numbers(ofArray: folder.file(run + "-forecast/prediction.npy"))
        let theirs = try numbers(ofArray: fixture(name + "-prediction.npy"))
        try #require(ours.count == theirs.count && theirs.count == 3 * 10 * 12)
        return zip(ours, theirs).map { abs($0 / 255 - $1) }.max()!
    }

    @Test(arguments: [("ifog", "i,f,o,g"), ("figo", "f,i,g,o")])
    func importedWeightsForecastWhatPyTorchDoes(name: String, gates: String) throws {
        let result = try importing(fixture(name + ".safetensors"), gates: gates, to: "run")
        #expect(
            result.status == 0
                && result.stdout.contains("run: pytorch-seq2seq on frames of 10 x 12 x 1, 2,452 parameters"),
            "\(result)")
        #expect(try differenceFromPyTorch("run", name) < 1e-5)
        let other = try importing(fixture(name + ".safetensors"), gates: "g,o,i,f", to: "other")
        #expect(other.status == 0)
        #expect(try differenceFromPyTorch("other", name) > 0.01)
    }

    @Test func importedWeightsAreMeasuredAndTrainedFurther() throws {
        let example = try TrainingExample.shared.get(), data = example.folder.file("tiny.shards")
        let yaml = String(decoding: try folder.bytes(of: "small.yaml"), as: UTF8.self)
            .replacingOccurrences(of: "inputFrames: 4", with: "inputFrames: 3")
            .replacingOccurrences(of: "batchSize: 100", with: "batchSize: 10")
        try folder.write(Array(yaml.utf8), to: "small.yaml")
        #expect(try importing(fixture("ifog.safetensors"), to: "run", frame: "24x24").status == 0)
        let measured = try dist(["evaluate", "--checkpoint", "run", "--data", data, "--split", "validation"])
        #expect(measured.status == 0 && measured.stdout.contains("pytorch-seq2seq after step 0"), "\(measured)")
        let file = "run/checkpoints/step-000000000.safetensors.zst"
        let trained = try dist(
            ["train", "--resume", file, "--data", data, "--seed", "7", "--steps", "2", "--output", "further"])
        #expect(trained.status == 0 && trained.stderr.contains("goes on after step 0 from run/"), "\(trained)")
        #expect(trained.stderr.contains("model pytorch-seq2seq: 2452 parameters in 14 tensors"), "\(trained)")
    }

    /// Writes a modified state dict.
    private func changed(_ change: (inout [SafetensorsFile.Tensor]) throws -> Void) throws -> String {
        let path = fixture("ifog.safetensors")
        let bytes = try InputFile(path: path).bytes()
        var tensors = try SafetensorsFile(decoding: bytes, file: path).tensors.sorted { $0.name < $1.name }
        try change(&tensors)
        return try folder.write(try SafetensorsFile(tensors: tensors).encoded(), to: "changed.safetensors")
    }

    private func refused(_ file: String, _ sentence: String, status: Int32 = 1, _ more: [String] = []) throws {
        let result = try importing(file, to: "refused", more)
        #expect(result.status == status && result.stderr.contains(sentence), "\(result)")
        #expect(result.stderr.split(separator: "\n").count == 1, "\(result)")
        #expect(try !folder.names.contains { $0.contains("refused") })
    }

    @Test func everyTensorOfTheFileHasItsPlace() throws {
        try refused(
            changed { $0[0].name = "module.decoder_1_convlstm.conf.bias" },
            "holds decoder_1_convlstm.conf.bias, which has no place in pytorch-seq2seq; rename it to "
                + "decoder_1_convlstm.conv.bias if it is that")
        try refused(
            changed { $0.append(SafetensorsFile.Tensor(name: "extra", type: .float32, shape: [0], bytes: [])) },
            "holds extra, which has no place in pytorch-seq2seq; leave it out")
        try refused(
            changed { $0.removeLast(2) }, "lacks encoder_2_convlstm.conv.weight and 1 more tensors of pytorch-seq2seq")
        try refused(
            changed { $0[1].shape = [12, 3, 6, 3] },
            "holds decoder_1_convlstm.conv.weight of shape [12, 3, 6, 3], and pytorch-seq2seq has [12, 6, 3, 3]")
        try refused(changed { $0[1].type = .int32 }, "decoder_1_convlstm.conv.weight as I32")
        try refused(
            changed { tensors in
                var twin = tensors[0]
                twin.name.removeFirst("module.".count)
                tensors.append(twin)
            }, "holds decoder_1_convlstm.conv.bias with and without `module.`")
    }

    @Test func weightsThatAreNotFiniteAreRefused() throws {
        for (value, wrong) in [(Float.nan, 1), (.infinity, 2)] {
            let file = try changed { tensors in
                var bytes = Array(tensors[1].bytes)
                for place in 0..<wrong {
                    withUnsafeBytes(of: value) { bytes.replaceSubrange(4 * place..<4 * place + 4, with: $0) }
                }
                tensors[1].bytes = bytes[...]
            }
            try refused(
                file,
                "changed.safetensors holds \(wrong) number\(wrong == 1 ? "" : "s") of 648 in "
                    + "decoder_1_convlstm.conv.weight that \(wrong == 1 ? "is" : "are") not finite")
        }
    }

    @Test func whatIsAskedWronglyIsNamed() throws {
        let file = fixture("ifog.safetensors")
        try refused(fixture("frames.npy"), "is a .npy array, not a safetensors file")
        try refused(file, "frames of 10 x 12 x 1 from frames of 10 x 12 x 3", status: 2, ["--frame", "10x12x3"])
        try refused(file, "has [256, 65, 3, 3]; describe its sizes in a .yaml file", ["--model", "pytorch-seq2seq"])
        try refused(file, "model small has no layer decoder1", status: 2, ["--model", "small"])
        try refused(
            file, "the weights of small; choose one of: mindspore-ed-upstream, pytorch-seq2seq", status: 2,
            ["--preset", "small"])
        try refused(file, "there is no model smal", status: 2, ["--preset", "smal"])
        try refused(file, "'i,f,o' is invalid for '--gate-order", status: 2, ["--gate-order", "i,f,o"])
        try refused(file, "'10x0' is invalid for '--frame", status: 2, ["--frame", "10x0"])
        try refused(file, "give two numbers, the lower one first", status: 2, ["--values", "255,0"])
        try folder.write([1], to: "mine")
        let taken = try importing(file, to: "mine")
        #expect(taken.status == 2 && taken.stderr.contains("mine exists and is not an empty folder"), "\(taken)")
        #expect(try folder.bytes(of: "mine") == [1])
    }
}
